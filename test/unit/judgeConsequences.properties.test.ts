/** From what a vendor answers to what becomes of a key, through the judge, the decision and the machine. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { transition } from 'xstate';
import { consequenceOf } from '../../actors/providerKey/consequence.ts';
import type { Evidence } from '../../actors/providerKey/evidence.ts';
import { judge } from '../../actors/providerKey/judge.ts';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import type { ProviderKeyEvent } from '../../events/providerKey.ts';
import { anyEvidence } from '../support/evidence.ts';
import { stateAfter } from '../support/givenWhenThen.ts';
import { added, hour, second, t0 } from '../support/providerKeyFacts.ts';

type Seen = Readonly<{
  waitMs: number;
  evidence: Evidence;
  model: string;
  isLastUsable: boolean;
}>;

const seen: fc.Arbitrary<Seen> = fc.record({
  waitMs: fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 4_000_000 })),
  evidence: anyEvidence,
  model: fc.constantFrom('', 'a', '__proto__'),
  isLastUsable: fc.boolean(),
});

/** What the answers lead to, one after another. */
function lifeOf(answers: readonly Seen[]) {
  let nowMs = t0;
  let state = stateAfter(providerKeyKind.machine, [added]);
  return answers.map((one) => {
    nowMs += one.waitMs;
    const verdict = judge({ ...one.evidence, nowMs });
    const command = consequenceOf(verdict, { ...one, nowMs });
    const before = state;
    const event: ProviderKeyEvent | null = command && providerKeyKind.decide(command, state);
    if (event) [state] = transition(providerKeyKind.machine, state, event);
    return { ...one, nowMs, verdict, event, before, after: state };
  });
}

const lives = (hold: (step: ReturnType<typeof lifeOf>[number]) => void) =>
  fc.assert(
    fc.property(fc.array(seen, { maxLength: 15 }), (answers) => lifeOf(answers).forEach(hold)),
    { numRuns: 500 },
  );

describe('whatever vendors answer', () => {
  test("a caller's, a provider's and nobody's fault changes no key", () => {
    lives(({ verdict, event, before, after }) => {
      if (verdict.scope === 'key' || verdict.scope === 'model') return;
      expect(event).toBeNull();
      expect(after).toBe(before);
    });
  });

  test('a rest lasts at least a second, and an hour or a day at most', () => {
    lives(({ verdict, event, nowMs }) => {
      if (event?.type !== 'ProviderKeyRested' && event?.type !== 'ProviderKeyModelRested') return;
      const lastsMs = event.data.untilMs - nowMs;
      expect(lastsMs).toBeGreaterThanOrEqual(second);
      expect(lastsMs).toBeLessThanOrEqual(verdict.longest === 'day' ? 24 * hour : hour);
      expect(event.data.ruleId).toBe(verdict.ruleId);
    });
  });

  test('a deadline never moves earlier', () => {
    lives(({ before, after }) => {
      if (after.value === 'disabled') return;
      const until = (rest: { untilMs: number } | null | undefined) => rest?.untilMs ?? 0;
      expect(until(after.context.rest)).toBeGreaterThanOrEqual(until(before.context.rest));
      for (const [model, rest] of Object.entries(before.context.models)) {
        expect(until(after.context.models[model])).toBeGreaterThanOrEqual(rest.untilMs);
      }
    });
  });

  test('the last usable key is never disabled, and no key at the first sight', () => {
    lives(({ event, before, isLastUsable }) => {
      if (event?.type !== 'ProviderKeyDisabled') return;
      expect(isLastUsable).toBe(false);
      expect(before.context.suspectedAtMs).not.toBeNull();
    });
  });
});
