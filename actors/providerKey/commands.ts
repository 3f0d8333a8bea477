/** What can be asked of a provider key. Time arrives in the command. */
import type { ProviderKeyEvent, Source } from '../../events/providerKey.ts';

type DataOf<Type extends ProviderKeyEvent['type']> = Extract<
  ProviderKeyEvent,
  { type: Type }
>['data'];

/** How long a rest may get: minutes are a matter of an hour, an exhausted quota one of a day. */
export type Longest = 'hour' | 'day';

export type AddProviderKey = Readonly<{ type: 'AddProviderKey' }> & DataOf<'ProviderKeyAdded'>;

/** The vendor told this key, or one model of it, to wait. `hintMs` is null when it named no time. */
export type RestProviderKey = Readonly<{
  type: 'RestProviderKey';
  nowMs: number;
  hintMs: number | null;
  longest: Longest;
  ruleId: string;
  reason: string;
  model?: string;
  /** Only an operator may end a rest earlier than it was set to. */
  byOperator?: boolean;
}>;

/** The first success after a rest, or an operator's wish. Without `model` an operator wakes the key and all its models. */
export type RecoverProviderKey = Readonly<{
  type: 'RecoverProviderKey';
  nowMs: number;
  cause: 'probe' | 'operator';
  model?: string;
}>;

/** The deadline rings. */
export type WakeProviderKey = Readonly<{ type: 'WakeProviderKey'; nowMs: number }>;

/** The vendor refused the credential. */
export type SuspectProviderKey = Readonly<{
  type: 'SuspectProviderKey';
  nowMs: number;
  ruleId: string;
  reason: string;
  /** True when no other key of the pool can be used: this one is then rested, never disabled. */
  isLastUsable: boolean;
  /** An operator's rule said so: once is enough. */
  isCertain?: boolean;
}>;

export type DisableProviderKey = Readonly<{
  type: 'DisableProviderKey';
  cause: 'operator' | 'origin_changed';
  reason: string;
}>;

/** `probe` enables only what was disabled for its credential. */
export type EnableProviderKey = Readonly<{
  type: 'EnableProviderKey';
  cause: 'operator' | 'probe';
}>;

export type RenameProviderKey = Readonly<{ type: 'RenameProviderKey'; name: string }>;
export type ReweighProviderKey = Readonly<{ type: 'ReweighProviderKey'; weight: number }>;

/** The new secret is in the vault already, under a name of its own. */
export type ReplaceSecret = Readonly<{ type: 'ReplaceSecret' }> &
  DataOf<'ProviderKeySecretReplaced'>;

/** The environment or the file no longer names this key, or names it again. */
export type LeaveSource = Readonly<{ type: 'LeaveSource'; source: Source }>;
export type ReturnToSource = Readonly<{ type: 'ReturnToSource'; source: Source }>;

export type RemoveProviderKey = Readonly<{ type: 'RemoveProviderKey' }>;

/** The effect `EraseSecret` was done. */
export type EraseSecretDone = Readonly<{ type: 'EraseSecretDone'; secretRef: string }>;

export type ProviderKeyCommand =
  | AddProviderKey
  | RestProviderKey
  | RecoverProviderKey
  | WakeProviderKey
  | SuspectProviderKey
  | DisableProviderKey
  | EnableProviderKey
  | RenameProviderKey
  | ReweighProviderKey
  | ReplaceSecret
  | LeaveSource
  | ReturnToSource
  | RemoveProviderKey
  | EraseSecretDone;
