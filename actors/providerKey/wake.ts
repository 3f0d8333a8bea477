/** The deadlines of a provider key. Only a rest the vendor timed ends by itself: a guessed one waits for a probe. */
import type { ProviderKeyState } from './machine.ts';

/** `model` is null for the key itself. */
type DueRest = Readonly<{ model: string | null; untilMs: number }>;

/** The vendor-timed rest that ends first. */
export function dueRest({ context }: ProviderKeyState): DueRest | undefined {
  let first: DueRest | undefined;
  if (context.rest && !context.rest.guessed) first = { model: null, untilMs: context.rest.untilMs };
  for (const [model, { guessed, untilMs }] of Object.entries(context.models)) {
    if (!guessed && (!first || untilMs < first.untilMs)) first = { model, untilMs };
  }
  return first;
}

export const wakeAtMs = (state: ProviderKeyState): number | undefined => dueRest(state)?.untilMs;
