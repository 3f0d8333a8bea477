/** What holds of a provider key in every order of commands, not only in those that someone thought of. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { transition } from 'xstate';
import type { ProviderKeyCommand } from '../../actors/providerKey/commands.ts';
import type { ProviderKeyState } from '../../actors/providerKey/machine.ts';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import { Refusal } from '../../actors/runtime/refusal.ts';
import { controlCatalog } from '../../events/catalog.ts';
import type { ProviderKeyEvent } from '../../events/providerKey.ts';
import { liveAfter, stateAfter } from '../support/givenWhenThen.ts';
import { keyData, t0 } from '../support/providerKeyFacts.ts';

type Step = readonly [waitMs: number, command: (nowMs: number) => ProviderKeyCommand];

const said = { ruleId: 'rate-limit.no-hint', reason: '429' };
const hint = fc.option(fc.integer({ min: 0, max: 90_000_000 }), { nil: null });
const model = fc.constantFrom({}, {}, { model: 'a' }, { model: '__proto__' });
const secretOf = (secretRef: string) => ({
  secretRef,
  fingerprint: 'f',
  masked: 'm',
  origin: 'https://api.openai.com',
});
const byTraffic: fc.Arbitrary<Step[1]> = fc.oneof(
  fc.tuple(hint, model, fc.constantFrom('hour', 'day')).map(
    ([hintMs, which, longest]) =>
      (nowMs: number) =>
        ({ type: 'RestProviderKey', nowMs, hintMs, longest, ...said, ...which }) as const,
  ),
  model.map(
    (which) => (nowMs: number) =>
      ({ type: 'RecoverProviderKey', nowMs, cause: 'probe', ...which }) as const,
  ),
  fc.constant((nowMs: number) => ({ type: 'WakeProviderKey', nowMs }) as const),
  fc
    .boolean()
    .map(
      (isLastUsable) => (nowMs: number) =>
        ({ type: 'SuspectProviderKey', nowMs, ...said, isLastUsable }) as const,
    ),
);
const byOperator: fc.Arbitrary<Step[1]> = fc
  .constantFrom<ProviderKeyCommand>(
    { type: 'AddProviderKey', ...keyData },
    { type: 'AddProviderKey', ...keyData, source: 'environment' },
    { type: 'DisableProviderKey', cause: 'operator', reason: 'off' },
    { type: 'DisableProviderKey', cause: 'origin_changed', reason: 'moved' },
    { type: 'EnableProviderKey', cause: 'operator' },
    { type: 'EnableProviderKey', cause: 'probe' },
    { type: 'RecoverProviderKey', nowMs: t0, cause: 'operator' },
    { type: 'RenameProviderKey', name: 'other' },
    { type: 'ReweighProviderKey', weight: 2 },
    { type: 'ReplaceSecret', ...secretOf('s2') },
    { type: 'ReplaceSecret', ...secretOf('s3') },
    { type: 'LeaveSource', source: 'api' },
    { type: 'ReturnToSource', source: 'api' },
    { type: 'RemoveProviderKey' },
    { type: 'EraseSecretDone', secretRef: 's2' },
  )
  .map((command) => () => command);
const wait = fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 4_000_000 }));
const stepsOf = (command: fc.Arbitrary<Step[1]>): fc.Arbitrary<Step[]> =>
  fc.array(fc.tuple(wait, command), { maxLength: 25 });

type Change = Readonly<{
  command: ProviderKeyCommand;
  before: ProviderKeyState;
  event: ProviderKeyEvent;
  after: ProviderKeyState;
}>;

/** What happens when a key is added and then asked all this. Each event must fit its schema and its machine. */
function changesOf(steps: readonly Step[]): Change[] {
  const changes: Change[] = [];
  let nowMs = t0;
  let state = stateAfter(providerKeyKind.machine, []);
  for (const [waitMs, commandAt] of [
    [0, () => ({ type: 'AddProviderKey', ...keyData })] as Step,
    ...steps,
  ]) {
    nowMs += waitMs;
    const command = commandAt(nowMs);
    let event: ProviderKeyEvent | null;
    try {
      event = providerKeyKind.decide(command, state);
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal);
      continue;
    }
    if (!event) continue;
    expect(state.can(event)).toBe(true);
    const { type, data } = event;
    expect(controlCatalog.read(type, controlCatalog.versionOf(type), data)).toEqual({ data });
    const before = state;
    [state] = transition(providerKeyKind.machine, state, event);
    changes.push({ command, before, event, after: state });
  }
  return changes;
}

describe('every order of commands to a provider key', () => {
  test('moves a deadline only later, unless an operator says otherwise', () => {
    fc.assert(
      fc.property(stepsOf(byTraffic), (steps) => {
        for (const { event, before } of changesOf(steps)) {
          const { rest, models } = before.context;
          if (event.type === 'ProviderKeyRested' && rest) {
            expect(event.data.untilMs).toBeGreaterThanOrEqual(rest.untilMs + 1_000);
          }
          if (event.type === 'ProviderKeyModelRested' && Object.hasOwn(models, event.data.model)) {
            const present = models[event.data.model]?.untilMs ?? 0;
            expect(event.data.untilMs).toBeGreaterThanOrEqual(present + 1_000);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('ends no rest before its deadline, and no guessed one without a probe', () => {
    fc.assert(
      fc.property(stepsOf(byTraffic), (steps) => {
        for (const { event, before, command } of changesOf(steps)) {
          if (event.type !== 'ProviderKeyRecovered' || !('nowMs' in command)) continue;
          const { rest } = before.context;
          expect(command.nowMs).toBeGreaterThanOrEqual(rest?.untilMs ?? Infinity);
          if (rest?.guessed) expect(event.data.cause).toBe('probe');
        }
      }),
      { numRuns: 500 },
    );
  });

  test('disables no key for its credential that was the last usable one', () => {
    fc.assert(
      fc.property(stepsOf(fc.oneof(byTraffic, byOperator)), (steps) => {
        for (const { command, event } of changesOf(steps)) {
          if (command.type === 'SuspectProviderKey' && command.isLastUsable) {
            expect(event.type).toBe('ProviderKeyRested');
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('comes to the same by replay as live, and through a stored snapshot', () => {
    fc.assert(
      fc.property(stepsOf(fc.oneof(byTraffic, byOperator)), (steps) => {
        const facts = changesOf(steps).map(({ event }) => event);
        const replayed = stateAfter(providerKeyKind.machine, facts);
        const live = liveAfter(providerKeyKind.machine, facts);
        expect(live.value).toEqual(replayed.value);
        expect(live.context).toEqual(replayed.context);
        expect(JSON.parse(JSON.stringify(replayed.context))).toEqual(replayed.context);
      }),
      { numRuns: 200 },
    );
  });

  test('forgets no secret that is still in the vault, and erases none in use', () => {
    fc.assert(
      fc.property(stepsOf(byOperator), (steps) => {
        for (const { before, after } of changesOf(steps)) {
          const kept = [after.context.secretRef, ...after.context.secretsToErase];
          const old = before.context.secretRef;
          if (old !== '') expect(kept).toContain(old);
          expect(after.context.secretsToErase).not.toContain(after.context.secretRef);
        }
      }),
      { numRuns: 500 },
    );
  });
});
