/** Facts and commands of one provider key, for the tests of its actor. */
import type { RestProviderKey } from '../../actors/providerKey/commands.ts';
import type { ProviderKeyEvent } from '../../events/providerKey.ts';

export type DataOf<Type extends ProviderKeyEvent['type']> = Extract<
  ProviderKeyEvent,
  { type: Type }
>['data'];

export const t0 = 1_790_000_000_000;
export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;

export const keyData: DataOf<'ProviderKeyAdded'> = {
  provider: 'openai',
  name: 'first',
  secretRef: 'openai-1',
  fingerprint: 'f1',
  masked: 'sk-…1234',
  origin: 'https://api.openai.com',
  weight: 1,
  source: 'api',
  createdAtMs: t0,
};
export const added: ProviderKeyEvent = { type: 'ProviderKeyAdded', data: keyData };
export const addedByEnvironment: ProviderKeyEvent = {
  type: 'ProviderKeyAdded',
  data: { ...keyData, source: 'environment' },
};
export const removed: ProviderKeyEvent = {
  type: 'ProviderKeyRemoved',
  data: { secretRef: 'openai-1' },
};

const rule = { ruleId: 'rate-limit.retry-after', reason: '429: slow down' };
export const timedRest = (untilMs: number): DataOf<'ProviderKeyRested'> => ({
  untilMs,
  ...rule,
  guessed: false,
  strikes: 0,
});
const guess = { ruleId: 'rate-limit.no-hint', reason: '429: slow down' };
export const guessedRest = (untilMs: number, strikes = 1): DataOf<'ProviderKeyRested'> => ({
  untilMs,
  ...guess,
  guessed: true,
  strikes,
});
export const rested = (data: DataOf<'ProviderKeyRested'>): ProviderKeyEvent => ({
  type: 'ProviderKeyRested',
  data,
});
export const modelRested = (
  model: string,
  data: DataOf<'ProviderKeyRested'>,
): ProviderKeyEvent => ({
  type: 'ProviderKeyModelRested',
  data: { model, ...data },
});
export const recovered = (cause: DataOf<'ProviderKeyRecovered'>['cause']): ProviderKeyEvent => ({
  type: 'ProviderKeyRecovered',
  data: { cause },
});
export const disabled = (cause: DataOf<'ProviderKeyDisabled'>['cause']): ProviderKeyEvent => ({
  type: 'ProviderKeyDisabled',
  data: { cause, ruleId: null, reason: 'because' },
});
export const rest = (nowMs: number, hintMs: number | null, more: Partial<RestProviderKey> = {}) =>
  ({
    type: 'RestProviderKey',
    nowMs,
    hintMs,
    longest: 'hour',
    ...(hintMs === null ? guess : rule),
    ...more,
  }) as const;
