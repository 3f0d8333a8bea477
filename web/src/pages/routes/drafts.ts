/** A model route while it is written: texts of fields, and what becomes of them. */
import type { RouteBody, TargetBody } from '../../live/providerCommands.ts';
import type { Route } from './routeRows.ts';

export type TargetDraft = Readonly<{
  provider: string;
  model: string;
  weight: string;
  context: string;
}>;

export const limitNames = [
  { name: 'attempts', text: 'Attempts' },
  { name: 'transient_attempts', text: 'Attempts at one target' },
  { name: 'transient_pause_ms', text: 'Pause between them, ms' },
  { name: 'first_event_ms', text: 'To the first event, ms' },
  { name: 'plain_ms', text: 'Whole plain answer, ms' },
  { name: 'deadline_ms', text: 'Deadline, ms' },
  { name: 'stall_ms', text: 'Between two chunks, ms' },
  { name: 'keep_alive_ms', text: 'Keep-alive after, ms' },
  { name: 'wait_ms', text: 'Wait for a key, ms' },
] as const;

export type Draft = Readonly<{
  name: string;
  strategy: string;
  targets: readonly TargetDraft[];
  context: string;
  input: string;
  output: string;
  cached: string;
  limits: Readonly<Record<string, string>>;
  resume: boolean;
  isRecorded: boolean;
}>;

const text = (value: number | null | undefined): string => String(value ?? '');
const microUsd = 1_000_000;
const dollars = (value: number | null | undefined): string =>
  value === null || value === undefined ? '' : String(value / microUsd);

export const newTarget = (provider: string): TargetDraft => ({
  provider,
  model: '',
  weight: '1',
  context: '',
});

export function draftOf(route: Route | undefined, provider: string): Draft {
  const settings = route?.context.settings;
  return {
    name: route?.context.name ?? '',
    strategy: settings?.strategy ?? 'fallback',
    targets: settings?.targets.map((target) => ({
      provider: target.provider,
      model: target.model,
      weight: String(target.weight),
      context: text(target.context_length),
    })) ?? [newTarget(provider)],
    context: text(settings?.context_length),
    input: dollars(settings?.price?.['input_micro_usd']),
    output: dollars(settings?.price?.['output_micro_usd']),
    cached: dollars(settings?.price?.['cached_micro_usd']),
    limits: Object.fromEntries(
      Object.entries(settings?.limits ?? {}).map(([name, value]) => [name, String(value)]),
    ),
    resume: settings?.resume ?? false,
    isRecorded: settings?.record_bodies ?? false,
  };
}

const numberOf = (value: string): number | null => (value.trim() === '' ? null : Number(value));
const microOf = (value: string): number => Math.round(Number(value) * microUsd);

const targetOf = (draft: TargetDraft): TargetBody => ({
  provider: draft.provider,
  model: draft.model.trim(),
  weight: numberOf(draft.weight) ?? 1,
  context_length: numberOf(draft.context),
});

/** @throws for half a price. */
function priceOf({ input, output, cached }: Draft): RouteBody['price'] {
  if (input === '' && output === '' && cached === '') return null;
  if (input === '' || output === '') {
    throw new Error('A price of its own needs both: that of the input and that of the output.');
  }
  return {
    input_micro_usd: microOf(input),
    output_micro_usd: microOf(output),
    cached_micro_usd: cached === '' ? null : microOf(cached),
  };
}

export function bodyOf(draft: Draft): RouteBody {
  const limits = Object.entries(draft.limits).flatMap(([name, value]) => {
    const number = numberOf(value);
    return number === null ? [] : [[name, number] as const];
  });
  return {
    strategy: draft.strategy === 'weighted' ? 'weighted' : 'fallback',
    targets: draft.targets.map(targetOf),
    context_length: numberOf(draft.context),
    price: priceOf(draft),
    limits: limits.length === 0 ? null : Object.fromEntries(limits),
    resume: draft.resume,
    record_bodies: draft.isRecorded,
  };
}

export function moved<Item>(list: readonly Item[], from: number, by: number): readonly Item[] {
  const item = list[from];
  const to = from + by;
  if (item === undefined || to < 0 || to >= list.length) return list;
  return list.toSpliced(from, 1).toSpliced(to, 0, item);
}
