/** Tests an actor by its facts: given these, when it is asked this, then that happened. */
import { expect } from 'bun:test';
import {
  createActor,
  initialTransition,
  transition,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type SnapshotFrom,
} from 'xstate';
import type { ActorKindDefinition, Command } from '../../actors/runtime/actorKind.ts';
import { Refusal, type RefusalCode } from '../../actors/runtime/refusal.ts';
import { controlCatalog } from '../../events/catalog.ts';
import type { Fact } from '../../events/event.ts';

/** The state that facts lead to. A fact that the machine cannot take there is a mistake of the test. */
export function stateAfter<Machine extends AnyStateMachine>(
  machine: Machine,
  facts: readonly Fact[],
): SnapshotFrom<Machine> {
  let [state] = initialTransition(machine as AnyStateMachine);
  for (const { type, data } of facts) {
    if (!state.can({ type, data })) {
      throw new Error(`${type} cannot happen in ${JSON.stringify(state.value)}`);
    }
    [state] = transition(machine as AnyStateMachine, state, { type, data });
  }
  return state as SnapshotFrom<Machine>;
}

/** What a live actor comes to when it is sent the same facts. */
export function liveAfter<Machine extends AnyStateMachine>(
  machine: Machine,
  facts: readonly Fact[],
): SnapshotFrom<Machine> {
  const actor = createActor(machine as AnyStateMachine).start();
  for (const { type, data } of facts) actor.send({ type, data });
  const state = actor.getSnapshot();
  actor.stop();
  return state as SnapshotFrom<Machine>;
}

function whatCounts(state: unknown) {
  const { value, context } = state as AnyMachineSnapshot;
  return { value, context: context as unknown };
}

export function scenariosOf<
  Machine extends AnyStateMachine,
  AnyCommand extends Command,
  Event extends Fact,
  Effect,
>(kind: ActorKindDefinition<Machine, AnyCommand, Event, Effect>) {
  return {
    given: (...facts: Event[]) => {
      const state = stateAfter(kind.machine, facts);
      return {
        state,
        when(command: AnyCommand) {
          const decide = () => kind.decide(command, state);
          return {
            /** This happened: it fits its schema, and a replay comes to the same as the live actor. Answers with that state. */
            thenHappened(event: Event): SnapshotFrom<Machine> {
              expect<Fact | null>(decide()).toEqual(event);
              const { type, data } = event;
              expect(controlCatalog.read(type, controlCatalog.versionOf(type), data)).toEqual({
                data,
              });
              const next = stateAfter(kind.machine, [...facts, event]);
              const live = liveAfter(kind.machine, [...facts, event]);
              expect(whatCounts(live)).toEqual(whatCounts(next));
              return next;
            },
            thenNothingHappened() {
              expect(decide()).toBeNull();
            },
            thenRefused(code: RefusalCode) {
              let refusal: unknown;
              try {
                decide();
              } catch (error) {
                refusal = error;
              }
              expect(refusal).toBeInstanceOf(Refusal);
              expect((refusal as Refusal).code).toBe(code);
            },
          };
        },
      };
    },
  };
}
