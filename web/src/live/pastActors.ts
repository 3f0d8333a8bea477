/** All actors after a sequence of the log: asked once for each moment, the newest moments remembered. */
import { createEffect, createSignal, on, type Accessor } from 'solid-js';
import { actorsAt } from './historyCommands.ts';

type Actors = Awaited<ReturnType<typeof actorsAt>>;
type Moment<Kind extends string> = Readonly<{
  sequence: number;
  byKind: ReadonlyMap<Kind, Actors>;
}>;

export type PastActors<Kind extends string> = Readonly<{
  /** The newest moment that is here: while the next one is asked for, the one before. */
  moment: Accessor<Moment<Kind> | undefined>;
  isWaiting: Accessor<boolean>;
  fault: Accessor<string | undefined>;
  again: () => void;
}>;

const remembered = 30;

/** A slider passes by many moments: while one is asked for, only the newest of those that follow waits. */
export function pastActors<Kind extends string>(
  sequence: Accessor<number | undefined>,
  kinds: readonly Kind[],
): PastActors<Kind> {
  const [moment, setMoment] = createSignal<Moment<Kind>>();
  const [isWaiting, setWaiting] = createSignal(false);
  const [fault, setFault] = createSignal<string>();
  const known = new Map<number, Moment<Kind>>();

  const read = async (at: number): Promise<Moment<Kind>> => {
    const there = known.get(at);
    if (there) return there;
    const lists = await Promise.all(
      kinds.map(async (kind) => [kind, await actorsAt(kind, at)] as const),
    );
    const found = { sequence: at, byKind: new Map(lists) };
    known.set(at, found);
    for (const oldest of known.keys()) {
      if (known.size <= remembered) break;
      known.delete(oldest);
    }
    return found;
  };
  const run = async () => {
    if (isWaiting()) return;
    setWaiting(true);
    try {
      for (let at = sequence(); at !== undefined && at !== moment()?.sequence; at = sequence()) {
        setMoment(await read(at));
      }
      setFault(undefined);
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    } finally {
      setWaiting(false);
    }
  };
  createEffect(on(sequence, () => void run()));
  return { moment, isWaiting, fault, again: () => void run() };
}
