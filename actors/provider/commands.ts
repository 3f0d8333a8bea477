/** What can be asked of a provider. Time arrives in the command. */
import type { ProviderEvent } from '../../events/provider.ts';

type Added = Extract<ProviderEvent, { type: 'ProviderAdded' }>['data'];

/** What an operator may change. */
export type ProviderSettings = Pick<Added, 'name' | 'dialect' | 'baseUrl' | 'auth'>;

/** From the environment it says how things should be, at every start; by API it makes something new. */
export type AddProvider = Readonly<{ type: 'AddProvider' }> & Added;

/** An operator's change; it beats the environment from then on. What is left out stays. */
export type ChangeProvider = Readonly<{ type: 'ChangeProvider' }> & Partial<ProviderSettings>;

/** Most keys of the provider were told to wait at once. `hintMs` is null when the vendor named no time. */
export type RestProvider = Readonly<{
  type: 'RestProvider';
  nowMs: number;
  hintMs: number | null;
  ruleId: string;
  reason: string;
}>;

/** An operator ends the rest. */
export type RecoverProvider = Readonly<{ type: 'RecoverProvider' }>;

/** The deadline rings. */
export type WakeProvider = Readonly<{ type: 'WakeProvider'; nowMs: number }>;

export type RemoveProvider = Readonly<{ type: 'RemoveProvider' }>;

export type ProviderCommand =
  | AddProvider
  | ChangeProvider
  | RestProvider
  | RecoverProvider
  | WakeProvider
  | RemoveProvider;
