/** The console's fold: it says of every actor what the gateway's own machine says. */
import { describe, expect, test } from 'bun:test';
import type { TSchema } from '@sinclair/typebox';
import fc from 'fast-check';
import { initialTransition, transition, type AnyMachineSnapshot } from 'xstate';
import { breakerSchemas } from '../../events/breaker.ts';
import { clientKeySchemas } from '../../events/clientKey.ts';
import { mcpBackendSchemas } from '../../events/mcpBackend.ts';
import { mcpConnectionSchemas } from '../../events/mcpConnection.ts';
import { mcpServerSchemas } from '../../events/mcpServer.ts';
import { modelRouteSchemas } from '../../events/modelRoute.ts';
import { providerKeySchemas } from '../../events/providerKey.ts';
import { providerSchemas } from '../../events/provider.ts';
import { settingSchemas } from '../../events/setting.ts';
import type { AnyActorKind } from '../../actors/runtime/actorKind.ts';
import { kindNamed } from '../../server/kinds.ts';
import { presentSnapshotActor } from '../../server/present/snapshot.ts';
import { snakeCased } from '../../server/present/snakeCase.ts';
import { applyEvent, applyEvents } from '../../web/src/live/applyEvent.ts';
import { folds, type Kind } from '../../web/src/live/fold/actors.ts';
import { worldOf, type LiveEvent, type Snapshot, type World } from '../../web/src/live/world.ts';
import { arbitraryFacts } from '../support/arbitraryFacts.ts';

const schemas: Readonly<Record<Kind, Readonly<Record<string, TSchema>>>> = {
  provider: providerSchemas,
  'provider-key': providerKeySchemas,
  breaker: breakerSchemas,
  'client-key': clientKeySchemas,
  'model-route': modelRouteSchemas,
  setting: settingSchemas,
  'mcp-server': mcpServerSchemas,
  'mcp-connection': mcpConnectionSchemas,
  'mcp-backend': mcpBackendSchemas,
};

const time = '2026-11-20T10:00:00.000Z';
const empty: Snapshot = {
  cursor: 'c0-t0',
  time,
  version: '1.2.3',
  gateway_id: 'gateway-1',
  session_until: null,
  pulse: null,
  actors: [],
  keys_today: {},
  minutes: [],
  requests: [],
  tool_calls: [],
  events: [],
};
const emptyWorld = worldOf(empty, Date.parse(time));

const transitionOf = (kind: string, id: string, sequence: number, type: string, data: object) =>
  ({
    name: 'transition',
    cursor: `c${sequence}-t0`,
    data: {
      sequence,
      id: null,
      time,
      kind,
      actor_id: id,
      type,
      version: 1,
      data: snakeCased(data),
      correlation_id: null,
      causation_id: null,
      trace_id: null,
      by: null,
    },
  }) satisfies LiveEvent;

const machineOf = (name: string): AnyActorKind['machine'] => {
  const kind = kindNamed(name);
  if (!kind) throw new Error(`there is no kind ${name}`);
  return kind.machine;
};

const actorIn = (world: World, kind: Kind, id: string) => world.actors[kind].get(id);

describe.each(Object.keys(folds) as Kind[])('%s', (kind) => {
  test('is in the console what it is in the gateway, after any facts', () => {
    fc.assert(
      fc.property(arbitraryFacts(schemas[kind]), (facts) => {
        let state: AnyMachineSnapshot = initialTransition(machineOf(kind), undefined)[0];
        const nothingYet = state.value;
        let world = emptyWorld;
        facts.forEach(({ type, data }, index) => {
          const sequence = index + 1;
          [state] = transition(machineOf(kind), state, { type, data });
          world = applyEvent(world, transitionOf(kind, 'it', sequence, type, data));
          const expected = presentSnapshotActor(kind, 'it', sequence, state);
          const found = actorIn(world, kind, 'it');
          // What is not there, or is as it was before its first fact, need not be known.
          if (found === undefined) expect(['removed', nothingYet]).toContain(expected.status);
          else expect(found).toEqual(expected as never);
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('a batch', () => {
  test('makes the same world as its events one by one', () => {
    fc.assert(
      fc.property(arbitraryFacts(providerKeySchemas), (facts) => {
        const events = facts.map(({ type, data }, index) =>
          transitionOf('provider-key', `k${index % 3}`, index + 1, type, data),
        );
        expect(applyEvents(emptyWorld, events)).toEqual(events.reduce(applyEvent, emptyWorld));
      }),
    );
  });

  test('leaves the world that it was given as it was', () => {
    const before = structuredClone(emptyWorld);
    const added = {
      provider: 'openai',
      name: 'one',
      secretRef: 's',
      fingerprint: 'f',
      masked: 'm',
    };
    applyEvent(emptyWorld, transitionOf('provider-key', 'k', 1, 'ProviderKeyAdded', added));
    expect(emptyWorld).toEqual(before);
  });

  test('takes no event twice', () => {
    const asked = transitionOf('mcp-server', 's', 2, 'McpServerConnectAsked', {});
    const added = { name: 's', settings: {}, source: 'api', createdAtMs: 1 };
    const once = [transitionOf('mcp-server', 's', 1, 'McpServerAdded', added), asked];
    const world = applyEvents(emptyWorld, [...once, asked]);
    expect(actorIn(world, 'mcp-server', 's')).toMatchObject({ context: { connects_asked: 1 } });
  });
});
