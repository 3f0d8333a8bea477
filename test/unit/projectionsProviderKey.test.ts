/** The rows of provider keys and the actors of provider keys say the same after the same events. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { initialTransition, transition } from 'xstate';
import { providerKeyMachine } from '../../actors/providerKey/machine.ts';
import type { StoredEvent } from '../../events/event.ts';
import { actorId, newEventId } from '../../events/ids.ts';
import type { ProviderKeyEvent } from '../../events/providerKey.ts';
import { foldProviderKey } from '../../events/projections/providerKeyFold.ts';
import type { ProviderKeyRow } from '../../events/projections/providerKeys.ts';
import { sampleCause } from '../support/sampleEvents.ts';

type Fact = ProviderKeyEvent;
const cause = sampleCause();

const stored = (fact: Fact, sequence: number): StoredEvent<Fact> => ({
  ...fact,
  id: newEventId(),
  version: 1,
  cause,
  actor: { kind: 'provider-key', id: actorId('one') },
  sequence,
  timeMs: 1_000 + sequence,
});

const text = fc.constantFrom('a', 'b', 'c');
const model = fc.constantFrom('gpt-5', 'o4', 'constructor', '7');
const source = fc.constantFrom('environment' as const, 'file' as const, 'api' as const);
const rest = {
  untilMs: fc.integer({ min: 1, max: 9_999 }),
  ruleId: text,
  reason: text,
  guessed: fc.boolean(),
  strikes: fc.integer({ min: 0, max: 5 }),
};
const secret = { secretRef: text, fingerprint: text, masked: text, origin: text };
const recovery = fc.constantFrom('deadline' as const, 'probe' as const, 'operator' as const);
const disabling = fc.constantFrom(
  'credential' as const,
  'operator' as const,
  'origin_changed' as const,
);
const enabling = fc.constantFrom(
  'operator' as const,
  'returned_to_source' as const,
  'probe' as const,
);

const fact = <Type extends Fact['type']>(
  type: Type,
  data: fc.Arbitrary<Extract<Fact, { type: Type }>['data']>,
): fc.Arbitrary<Fact> => data.map((value) => ({ type, data: value }) as Fact);

const added = fact(
  'ProviderKeyAdded',
  fc.record({
    provider: text,
    name: text,
    ...secret,
    weight: fc.integer({ min: 1, max: 9 }),
    source,
    createdAtMs: fc.integer({ min: 1, max: 99 }),
  }),
);

/** One of every type: a new type that is missing here does not compile. */
const facts = {
  ProviderKeyAdded: added,
  ProviderKeyRested: fact('ProviderKeyRested', fc.record(rest)),
  ProviderKeyModelRested: fact('ProviderKeyModelRested', fc.record({ model, ...rest })),
  ProviderKeyRecovered: fact('ProviderKeyRecovered', fc.record({ cause: recovery })),
  ProviderKeyModelRecovered: fact(
    'ProviderKeyModelRecovered',
    fc.record({ model, cause: recovery }),
  ),
  ProviderKeySuspected: fact(
    'ProviderKeySuspected',
    fc.record({ seenAtMs: fc.integer({ min: 1, max: 99 }), ruleId: text, reason: text }),
  ),
  ProviderKeyDisabled: fact(
    'ProviderKeyDisabled',
    fc.record({ cause: disabling, ruleId: fc.option(text), reason: text }),
  ),
  ProviderKeyLeftSource: fact('ProviderKeyLeftSource', fc.record({ source })),
  ProviderKeyEnabled: fact('ProviderKeyEnabled', fc.record({ cause: enabling })),
  ProviderKeyRenamed: fact('ProviderKeyRenamed', fc.record({ name: text })),
  ProviderKeyReweighted: fact(
    'ProviderKeyReweighted',
    fc.record({ weight: fc.integer({ min: 1, max: 9 }) }),
  ),
  ProviderKeySecretReplaced: fact('ProviderKeySecretReplaced', fc.record(secret)),
  ProviderKeyRemoved: fact('ProviderKeyRemoved', fc.record({ secretRef: text })),
  ProviderKeySecretErased: fact('ProviderKeySecretErased', fc.record({ secretRef: text })),
} satisfies Record<Fact['type'], fc.Arbitrary<Fact>>;

const history = fc.array(fc.oneof({ arbitrary: added, weight: 2 }, ...Object.values(facts)), {
  maxLength: 25,
});

function stateAfter(events: readonly Fact[]) {
  return events.reduce(
    (state, event) => (state.can(event) ? transition(providerKeyMachine, state, event)[0] : state),
    initialTransition(providerKeyMachine)[0],
  );
}

const rowAfter = (events: readonly Fact[]): ProviderKeyRow | undefined =>
  events.reduce<ProviderKeyRow | undefined>(
    (row, event, index) => foldProviderKey(row, stored(event, index + 1)),
    undefined,
  );

/** What both tell, in the row's words. */
function toldByState(events: readonly Fact[]) {
  const { value, context } = stateAfter(events);
  if (value === 'unknown') return undefined;
  const { provider, name, masked, fingerprint, origin, weight, source: from } = context;
  const held = context.disabled ?? context.rest;
  return {
    status: value,
    provider,
    name,
    masked,
    fingerprint,
    origin,
    weight,
    source: from,
    createdAtMs: context.createdAtMs,
    restUntilMs: context.rest?.untilMs ?? null,
    ruleId: held?.ruleId ?? null,
    reason: held?.reason ?? null,
    disabledCause: context.disabled?.cause ?? null,
    models: context.models,
  };
}

function toldByRow(events: readonly Fact[]) {
  const row = rowAfter(events);
  if (!row) return undefined;
  const { id: _id, lastRotatedAtMs: _rotated, removedAtMs: _removed, sequence: _at, ...told } = row;
  return told;
}

describe('the row of a provider key', () => {
  test('says what its actor says, whatever happened to it', () => {
    fc.assert(
      fc.property(history, (events) => {
        expect(toldByRow(events) as unknown).toEqual(toldByState(events) as unknown);
      }),
      { numRuns: 2_000 },
    );
  });

  test('keeps as many rested models as its actor', () => {
    const [first] = fc.sample(added, 1);
    const rests = Array.from({ length: 300 }, (_, index): Fact => ({
      type: 'ProviderKeyModelRested',
      data: {
        model: `model-${index}`,
        untilMs: 1_000 + ((index * 7) % 300),
        ruleId: 'r',
        reason: '',
        guessed: false,
        strikes: 0,
      },
    }));
    const events = [first!, ...rests];
    expect(toldByRow(events) as unknown).toEqual(toldByState(events) as unknown);
  });

  test('names when its secret was replaced and when it was removed, by the time of the log', () => {
    const [first] = fc.sample(added, 1);
    const [replaced] = fc.sample(facts.ProviderKeySecretReplaced, 1);
    const [removed] = fc.sample(facts.ProviderKeyRemoved, 1);
    expect(rowAfter([first!, replaced!, removed!])).toMatchObject({
      status: 'removed',
      lastRotatedAtMs: 1_002,
      removedAtMs: 1_003,
      sequence: 3,
    });
  });
});
