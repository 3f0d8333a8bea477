/** What a kind of actor is made of. One folder in `actors/` exports one of these. */
import type { AnyMachineSnapshot, AnyStateMachine, SnapshotFrom } from 'xstate';
import type { ActorKind, Fact } from '../../events/event.ts';

export type Command = Readonly<{ type: string }>;

/**
 * - `machine` is the evolve half: facts in, state out; no clock, no invoke, no after, no I/O.
 * - `decide` is plain and pure: time arrives in the command. It answers with the one event that happened, or
 *   null when there is nothing to do; it throws `Refusal` when the command cannot be done.
 * - A timer is a deadline in the state: `wakeAtMs` names the next one, `wake` makes the command for it. It may
 *   ring late, early or twice.
 * - `owed` names the effects that the state still asks for; each ends in a command whose event settles it. They
 *   are run after an append of this gateway, and again after a restart; never by a replay or the tail.
 * - `gatewayId` is the asking gateway's: what one process alone can do is due in that process only.
 *
 * Methods, not properties: that makes every kind assignable to `AnyActorKind`, which the runtime works with.
 */
export type ActorKindDefinition<
  Machine extends AnyStateMachine,
  AnyCommand extends Command,
  Event extends Fact,
  Effect = never,
> = Readonly<{
  kind: ActorKind;
  machine: Machine;
  /** Raised when the machine's meaning changes; snapshots of another version are ignored. */
  machineVersion: number;
  decide(command: AnyCommand, state: SnapshotFrom<Machine>): Event | null;
  wakeAtMs?(state: SnapshotFrom<Machine>, gatewayId?: string): number | undefined;
  wake?(nowMs: number): AnyCommand;
  owed?(state: SnapshotFrom<Machine>, gatewayId?: string): readonly Effect[];
  /** True for a state in which the actor may leave memory once it is idle; it is loaded again when asked for. */
  isDormant?(state: SnapshotFrom<Machine>): boolean;
}>;

/** A kind whose own types the runtime need not know. */
export type AnyActorKind = Readonly<{
  kind: ActorKind;
  machine: AnyStateMachine;
  machineVersion: number;
  decide(command: Command, state: AnyMachineSnapshot): Fact | null;
  wakeAtMs?(state: AnyMachineSnapshot, gatewayId?: string): number | undefined;
  wake?(nowMs: number): Command;
  owed?(state: AnyMachineSnapshot, gatewayId?: string): readonly unknown[];
  isDormant?(state: AnyMachineSnapshot): boolean;
}>;
