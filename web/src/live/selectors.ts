/** What pages read of the world: each made once, for all of them. */
import { createMemo, createRoot } from 'solid-js';
import type { Actor, Kind } from './fold/actors.ts';
import { world } from './store.ts';
import type { KeyDay, Span } from './world.ts';

const none: readonly never[] = [];

const listOf = <Of extends Kind>(kind: Of) =>
  createRoot(() => {
    const map = createMemo(
      () => world()?.actors[kind] as ReadonlyMap<string, Actor<Of>> | undefined,
    );
    return createMemo((): readonly Actor<Of>[] => [...(map()?.values() ?? none)]);
  });

const lists: { readonly [Of in Kind]: () => readonly Actor<Of>[] } = {
  provider: listOf('provider'),
  'provider-key': listOf('provider-key'),
  breaker: listOf('breaker'),
  'client-key': listOf('client-key'),
  'model-route': listOf('model-route'),
  setting: listOf('setting'),
  'mcp-server': listOf('mcp-server'),
  'mcp-connection': listOf('mcp-connection'),
  'mcp-backend': listOf('mcp-backend'),
};

/** All actors of a kind that are there; those of a key keep their identity until they change. */
export const actorsOf = <Of extends Kind>(kind: Of): readonly Actor<Of>[] => lists[kind]();

export const actorOf = <Of extends Kind>(kind: Of, id: string): Actor<Of> | undefined =>
  (world()?.actors[kind] as ReadonlyMap<string, Actor<Of>> | undefined)?.get(id);

/** Those of a kind to choose one of, by their names. */
export const choicesOf = (
  kind: 'provider' | 'mcp-server',
): readonly Readonly<{ value: string; text: string }>[] =>
  actorsOf(kind).map(({ id, context }) => ({ value: id, text: context.name || id }));

export const keyDayOf = (id: string): KeyDay | undefined => world()?.keysToday.get(id);

/** How many actors of a kind stand in which state. */
export function tally(kind: Kind): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status } of actorsOf(kind)) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Sums of spans. */
export function sumOf(spans: readonly Span[]): Omit<Span, 'startMs' | 'durationsMs'> {
  const sum = {
    requests: 0,
    failures: 0,
    inputTokens: 0,
    outputTokens: 0,
    costMicroUsd: 0,
    durationMs: 0,
    toolCalls: 0,
    toolFailures: 0,
  };
  for (const span of spans) {
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += span[name];
  }
  return sum;
}

export function percentile(values: readonly number[], part: number): number {
  if (values.length === 0) return 0;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}
