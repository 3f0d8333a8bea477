/** What is wanted of the requests: as the address has it, as the gateway is asked for it, and as the live ones are held against it. */
import type { RequestFilter } from '../../live/historyCommands.ts';
import type { Request } from '../../live/world.ts';

export type Params = {
  q?: string;
  provider?: string;
  outcome?: string;
  client?: string;
};

const tokens = ['model', 'status', 'key', 'client', 'provider'] as const;
type Token = (typeof tokens)[number];
const isToken = (name: string): name is Token => (tokens as readonly string[]).includes(name);

export const outcomes = ['completed', 'failed', 'truncated', 'cancelled'] as const;
type Outcome = (typeof outcomes)[number];
const isOutcome = (text: string | undefined): text is Outcome =>
  (outcomes as readonly (string | undefined)[]).includes(text);

export type Wanted = Readonly<{
  /** What the gateway is asked for. */
  filter: RequestFilter;
  /** Words that are looked for among the rows that are here. */
  words: readonly string[];
}>;

/** `status:429 model:gpt-5 timeout`: what has a colon narrows, the rest is looked for. */
export function wantedOf({ q = '', provider, outcome, client }: Params): Wanted {
  const words: string[] = [];
  const found = new Map<Token, string>();
  for (const part of q.split(/\s+/)) {
    const [, name = '', value = ''] = /^(\w+):(.+)$/.exec(part) ?? [];
    if (isToken(name)) found.set(name, value);
    else if (part !== '') words.push(part.toLowerCase());
  }
  const of = (name: Token, other?: string) => {
    const value = found.get(name) ?? other;
    return value === undefined || value === '' ? {} : { [name]: value };
  };
  const status = Number(found.get('status'));
  return {
    filter: {
      ...of('provider', provider),
      ...of('client', client),
      ...of('model'),
      ...of('key'),
      ...(Number.isInteger(status) && status >= 0 && status <= 999 && { status }),
      ...(isOutcome(outcome) && { outcome }),
    },
    words,
  };
}

const same = <Value>(wanted: Value | undefined, value: Value | null): boolean =>
  wanted === undefined || wanted === value;

export const fitsFilter = (filter: RequestFilter, request: Request): boolean =>
  same(filter.client, request.client) &&
  same(filter.provider, request.provider) &&
  same(filter.key, request.key_id) &&
  same(filter.model, request.model) &&
  same(filter.status, request.status) &&
  same<string>(filter.outcome, request.outcome);

export function hasWords(words: readonly string[], request: Request): boolean {
  if (words.length === 0) return true;
  const { id, trace_id: trace, model, route, client, provider, key_id: key, attempts } = request;
  const errors = attempts.map(({ error, rule_id: rule }) => `${error ?? ''} ${rule}`);
  const text = [id, trace, model, route, client, provider, key, ...errors].join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}
