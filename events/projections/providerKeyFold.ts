/** What each event of a provider key does to its row: the same as its machine does to the actor. */
import type { StoredEvent } from '../event.ts';
import type { ProviderKeyEvent } from '../providerKey.ts';
import type { ProviderKeyRow, RestRow } from './providerKeys.ts';

type Row = ProviderKeyRow;
type Models = Row['models'];

/** As many as the machine keeps: the rest that ends first makes room. */
const maxRestedModels = 256;

/** Nothing is held against the key. */
const blameless = {
  status: 'healthy',
  restUntilMs: null,
  ruleId: null,
  reason: null,
  disabledCause: null,
  models: {},
} as const;

const without = (models: Models, model: string): Models =>
  Object.fromEntries(Object.entries(models).filter(([name]) => name !== model));

function withRestedModel(models: Models, model: string, rest: RestRow): Models {
  const next: Models = { ...models, [model]: rest };
  if (Object.keys(next).length <= maxRestedModels) return next;
  const others = Object.entries(next).filter(([name]) => name !== model);
  const [first] = others.reduce((soonest, one) =>
    one[1].untilMs < soonest[1].untilMs ? one : soonest,
  );
  return without(next, first);
}

const restOf = ({ untilMs, ruleId, reason, guessed, strikes }: RestRow): RestRow => ({
  untilMs,
  ruleId,
  reason,
  guessed,
  strikes,
});

/** The row of a key that is not there: only one type makes one. */
function added(event: StoredEvent<ProviderKeyEvent>): Row | undefined {
  if (event.type !== 'ProviderKeyAdded') return undefined;
  const { provider, name, masked, fingerprint, origin, weight, source, createdAtMs } = event.data;
  return {
    ...blameless,
    id: event.actor.id,
    provider,
    name,
    masked,
    fingerprint,
    origin,
    weight,
    source,
    createdAtMs,
    lastRotatedAtMs: null,
    removedAtMs: null,
    sequence: event.sequence,
  };
}

/** A new secret answers a refused or a moved one; it does not overrule the operator or the source. */
function replaced(
  row: Row,
  event: Extract<StoredEvent<ProviderKeyEvent>, { type: 'ProviderKeySecretReplaced' }>,
): Partial<Row> {
  const { fingerprint, masked, origin } = event.data;
  const secret = { fingerprint, masked, origin, lastRotatedAtMs: event.timeMs };
  const stays = row.disabledCause === 'operator' || row.disabledCause === 'left_source';
  return stays ? secret : { ...blameless, ...secret };
}

/** What changes in the row of a key that is there. */
function changes(row: Row, event: StoredEvent<ProviderKeyEvent>): Partial<Row> {
  const isDisabled = row.status === 'disabled';
  switch (event.type) {
    case 'ProviderKeyAdded':
    case 'ProviderKeySuspected':
    case 'ProviderKeySecretErased':
      return {};
    case 'ProviderKeyRested': {
      if (isDisabled) return {};
      const { untilMs, ruleId, reason } = event.data;
      return { status: 'resting', restUntilMs: untilMs, ruleId, reason };
    }
    case 'ProviderKeyModelRested': {
      if (isDisabled) return {};
      return { models: withRestedModel(row.models, event.data.model, restOf(event.data)) };
    }
    case 'ProviderKeyRecovered':
      if (isDisabled) return {};
      return event.data.cause === 'operator' ? blameless : { ...blameless, models: row.models };
    case 'ProviderKeyModelRecovered':
      return isDisabled ? {} : { models: without(row.models, event.data.model) };
    case 'ProviderKeyDisabled': {
      const { cause, ruleId, reason } = event.data;
      return { ...blameless, status: 'disabled', disabledCause: cause, ruleId, reason };
    }
    case 'ProviderKeyLeftSource': {
      const reason = `the ${event.data.source} no longer names it`;
      return { ...blameless, status: 'disabled', disabledCause: 'left_source', reason };
    }
    case 'ProviderKeyEnabled':
      return isDisabled ? blameless : {};
    case 'ProviderKeyRenamed':
      return { name: event.data.name };
    case 'ProviderKeyReweighted':
      return { weight: event.data.weight };
    case 'ProviderKeySecretReplaced':
      return replaced(row, event);
    case 'ProviderKeyRemoved':
      return { ...blameless, status: 'removed', removedAtMs: event.timeMs };
    default:
      return event satisfies never;
  }
}

/** The row after an event; undefined for a key that was never added. */
export function foldProviderKey(
  row: Row | undefined,
  event: StoredEvent<ProviderKeyEvent>,
): Row | undefined {
  if (!row) return added(event);
  if (row.status === 'removed') return added(event) ?? { ...row, sequence: event.sequence };
  return { ...row, ...changes(row, event), sequence: event.sequence };
}
