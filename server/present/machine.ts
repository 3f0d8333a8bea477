/** A machine as plain JSON: states and transitions, no functions. */
import { t, type Static } from 'elysia';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import type { AnyActorKind } from '../../actors/runtime/actorKind.ts';

const transition = t.Object({
  event: t.String(),
  target: t.Union([t.String(), t.Null()], { description: 'null: the state stays' }),
  guarded: t.Boolean({ description: 'it is taken only under a condition on the context' }),
  changes_context: t.Boolean(),
});

const state = t.Object({
  name: t.String({
    description: 'with dots where states are nested; empty for the machine itself',
  }),
  type: t.String(),
  initial: t.Union([t.String(), t.Null()]),
  transitions: t.Array(transition),
  ignores: t.Array(t.String(), { description: 'events that a state around it would take' }),
});

export const machineSchema = t.Object({
  kind: t.String(),
  id: t.String(),
  version: t.Integer({ description: 'raised when the meaning of the machine changes' }),
  initial: t.Union([t.String(), t.Null()]),
  transitions: t.Array(transition, { description: 'taken in every state that does not say else' }),
  states: t.Array(state),
});
type PresentedMachine = Static<typeof machineSchema>;

const nameOf = (node: AnyStateNode): string => node.path.join('.');

const initialOf = (node: AnyStateNode): string | null => {
  const [first] = node.type === 'compound' ? (node.initial.target ?? []) : [];
  return first ? nameOf(first) : null;
};

function transitionsOf(node: AnyStateNode) {
  const all = [...node.transitions].flatMap(([event, ways]) =>
    ways.map((way) => ({
      event,
      target: way.target?.map(nameOf).join(',') ?? null,
      guarded: way.guard !== undefined,
      changes_context: way.actions.length > 0,
    })),
  );
  const isIgnored = (one: (typeof all)[number]) =>
    one.target === null && !one.changes_context && !one.guarded;
  return {
    transitions: all.filter((one) => !isIgnored(one)),
    ignores: all.filter(isIgnored).map(({ event }) => event),
  };
}

const nodesBelow = (node: AnyStateNode): AnyStateNode[] =>
  Object.values(node.states).flatMap((child) => [child, ...nodesBelow(child)]);

export function presentMachine({ kind, machine, machineVersion }: AnyActorKind): PresentedMachine {
  const { root }: AnyStateMachine = machine;
  return {
    kind,
    id: machine.id,
    version: machineVersion,
    initial: initialOf(root),
    transitions: transitionsOf(root).transitions,
    states: nodesBelow(root).map((node) => ({
      name: nameOf(node),
      type: node.type,
      initial: initialOf(node),
      ...transitionsOf(node),
    })),
  };
}
