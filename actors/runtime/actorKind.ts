/** What a kind of actor is made of. One folder in `actors/` exports one of these. */
import type { AnyStateMachine, SnapshotFrom } from 'xstate';
import type { ActorKind, Fact } from '../../events/event.ts';

/**
 * - `machine` is the evolve half: facts in, state out; no clock, no invoke, no after, no I/O.
 * - `decide` is plain and pure: time arrives in the command. It answers with the one event that happened, or
 *   null when there is nothing to do; it throws `Refusal` when the command cannot be done.
 * - A timer is a deadline in the state: `wakeAtMs` names the next one, `wake` makes the command for it. It may
 *   ring late, early or twice.
 * - `owed` names the effects that the state still asks for; each ends in a command whose event settles it. They
 *   are run after an append of this gateway, and again after a restart; never by a replay or the tail.
 */
export type ActorKindDefinition<
  Machine extends AnyStateMachine,
  Command extends Readonly<{ type: string }>,
  Event extends Fact,
  Effect = never,
> = Readonly<{
  kind: ActorKind;
  machine: Machine;
  /** Raised when the machine's meaning changes; snapshots of another version are ignored. */
  machineVersion: number;
  decide: (command: Command, state: SnapshotFrom<Machine>) => Event | null;
  wakeAtMs?: (state: SnapshotFrom<Machine>) => number | undefined;
  wake?: (nowMs: number) => Command;
  owed?: (state: SnapshotFrom<Machine>) => readonly Effect[];
  /** True for a state in which the actor may leave memory once it is idle; it is loaded again when asked for. */
  isDormant?: (state: SnapshotFrom<Machine>) => boolean;
}>;
