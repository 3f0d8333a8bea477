/** The past of an actor: what was read once, and what came since by the live stream. */
import { createMemo, type Accessor } from 'solid-js';
import { ask } from '../../live/ask.ts';
import { historyOf } from '../../live/commands.ts';
import type { Kind } from '../../live/fold/actors.ts';
import { stepsOf, type Step } from '../../live/history.ts';
import { world } from '../../live/store.ts';

/** The way that was taken last: the state it led from, and the event's type. */
export type LastWay = Readonly<{ from: string; type: string }>;
export type Past = Readonly<{
  /** Newest first. */
  steps: Accessor<readonly Step[]>;
  last: Accessor<LastWay | undefined>;
  isWaiting: Accessor<boolean>;
  fault: Accessor<string | undefined>;
}>;

export function pastOf(kind: Accessor<Kind>, id: Accessor<string>): Past {
  const who = createMemo(() => ({ kind: kind(), id: id() }), undefined, {
    equals: (one, other) => one.kind === other.kind && one.id === other.id,
  });
  const old = ask(who, (of) => historyOf(of.kind, of.id));
  const steps = createMemo(() =>
    stepsOf(who().kind, who().id, old.value()?.data ?? [], world()?.transitions ?? []),
  );
  const last = createMemo(() => {
    const step = steps().find(({ from, to }) => from !== to);
    return step && { from: step.from, type: step.event.type };
  });
  return { steps, last, isWaiting: old.isWaiting, fault: old.fault };
}
