/** What is known of a client key, and how facts change it. */
import type { ClientKeyChanges, ClientKeyEvent } from '../../events/clientKey.ts';
import type { Source } from '../../events/providerKey.ts';

type DataOf<Type> = Extract<ClientKeyEvent, { type: Type }>['data'];

/** A key that another one has taken the place of, and that is good for a while yet. */
export type RetiringKey = Readonly<{ hash: string; masked: string; untilMs: number }>;

export type ClientKeyContext = Readonly<{
  clientId: string;
  name: string;
  hash: string;
  masked: string;
  scopes: readonly string[];
  source: Source;
  createdAtMs: number;
  models: readonly string[] | null;
  allowedTools: readonly string[] | null;
  expiresAtMs: number | null;
  requestsPerMinute: number | null;
  burst: number | null;
  maxConcurrent: number | null;
  recordBodies: boolean;
  /** What an operator changed: the key's source no longer governs it. */
  setByOperator: readonly (keyof ClientKeyChanges)[];
  retiring: readonly RetiringKey[];
  rotatedAtMs: number | null;
}>;

const noTerms = {
  models: null,
  allowedTools: null,
  expiresAtMs: null,
  requestsPerMinute: null,
  burst: null,
  maxConcurrent: null,
  recordBodies: false,
  setByOperator: [],
  retiring: [],
  rotatedAtMs: null,
} as const;

export const unknownKey: ClientKeyContext = {
  clientId: '',
  name: '',
  hash: '',
  masked: '',
  scopes: [],
  source: 'api',
  createdAtMs: 0,
  ...noTerms,
};

/** A key as it is added: nothing of an earlier life counts. */
export const withTerms = (data: DataOf<'ClientKeyAdded'>): ClientKeyContext => ({
  ...unknownKey,
  ...data,
});

export const fieldsOf = (changes: ClientKeyChanges): (keyof ClientKeyChanges)[] =>
  Object.keys(changes) as (keyof ClientKeyChanges)[];

export function changed(
  context: ClientKeyContext,
  { source, changes }: DataOf<'ClientKeyChanged'>,
): Partial<ClientKeyContext> {
  if (source !== 'api' || context.source === 'api') return changes;
  const setByOperator = [...new Set([...context.setByOperator, ...fieldsOf(changes)])];
  return { ...changes, setByOperator };
}

export function rotated(
  { hash, masked, retiring }: ClientKeyContext,
  data: DataOf<'ClientKeyRotated'>,
): Partial<ClientKeyContext> {
  const { graceUntilMs: untilMs, rotatedAtMs } = data;
  return {
    hash: data.hash,
    masked: data.masked,
    rotatedAtMs,
    retiring: untilMs === null ? [] : [...retiring, { hash, masked, untilMs }],
  };
}

/** The moment at which something about the key ends by itself (epoch); undefined when nothing does. */
export function nextEndMs(isActive: boolean, context: ClientKeyContext): number | undefined {
  const ends = context.retiring.map(({ untilMs }) => untilMs);
  if (isActive && context.expiresAtMs !== null) ends.push(context.expiresAtMs);
  return ends.length === 0 ? undefined : Math.min(...ends);
}
