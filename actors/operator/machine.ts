/** What the operator's actor remembers: sessions that ended early, and how often which address guessed wrong. */
import { assign, setup, type SnapshotFrom } from 'xstate';
import type { OperatorEvent } from '../../events/operator.ts';
import { countAll, countOf, type Failures } from './failures.ts';

export type OperatorContext = Readonly<{
  /** Logged out, by session id: the expiry of a token that must be refused until then. */
  endedSessions: Readonly<Record<string, number>>;
  failures: Readonly<Record<string, Failures>>;
  /** Failures of all addresses since `startedAtMs`. */
  all: Readonly<{ count: number; startedAtMs: number; blockedUntilMs: number }>;
  /** Where logins came from, newest last: what others do wrong does not lock these out. */
  knownAddresses: readonly string[];
}>;

const maxEndedSessions = 10_000;
const maxAddresses = 1_000;
const maxKnownAddresses = 100;

const initial: OperatorContext = {
  endedSessions: {},
  failures: {},
  all: { count: 0, startedAtMs: 0, blockedUntilMs: 0 },
  knownAddresses: [],
};

function without<Value>(record: Readonly<Record<string, Value>>, key: string) {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

/** The record with this entry as its newest; the oldest beyond `max` are dropped. */
function withNewest<Value>(
  record: Readonly<Record<string, Value>>,
  key: string,
  value: Value,
  max: number,
): Readonly<Record<string, Value>> {
  const entries = Object.entries(record).filter(([name]) => name !== key);
  return Object.fromEntries([
    ...entries.slice(Math.max(0, entries.length + 1 - max)),
    [key, value],
  ]);
}

export const operatorMachine = setup({
  types: {} as { context: OperatorContext; events: OperatorEvent },
}).createMachine({
  id: 'operator',
  context: initial,
  initial: 'watching',
  states: { watching: {} },
  on: {
    /** Only for who asks the log: an event without any action would be taken for one that does not fit. */
    RequestBodyRead: { actions: assign({}) },
    ConversationRead: { actions: assign({}) },
    OperatorLoggedIn: {
      actions: assign(({ context, event: { data } }) => ({
        failures: without(context.failures, data.address),
        knownAddresses: [
          ...context.knownAddresses.filter((address) => address !== data.address),
          data.address,
        ].slice(-maxKnownAddresses),
      })),
    },
    OperatorLoggedOut: {
      actions: assign(({ context, event: { data } }) => ({
        endedSessions: withNewest(
          context.endedSessions,
          data.sessionId,
          data.expiresAtMs,
          maxEndedSessions,
        ),
      })),
    },
    OperatorLoginFailed: {
      actions: assign(({ context, event: { data } }) => ({
        failures: withNewest(
          context.failures,
          data.address,
          {
            count: countOf(context.failures, data.address, data.atMs),
            lastAtMs: data.atMs,
            blockedUntilMs: data.addressBlockedUntilMs,
          },
          maxAddresses,
        ),
        all: {
          ...countAll(context.all, data.atMs),
          blockedUntilMs: Math.max(context.all.blockedUntilMs, data.allBlockedUntilMs),
        },
        endedSessions: Object.fromEntries(
          Object.entries(context.endedSessions).filter(([, untilMs]) => untilMs > data.atMs),
        ),
      })),
    },
  },
});

export type OperatorState = SnapshotFrom<typeof operatorMachine>;
