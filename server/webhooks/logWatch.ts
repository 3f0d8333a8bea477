/** Says that the log is away, and that it is back: no event can, so each gateway says it for itself. */
import { newEventId } from '../../events/ids.ts';
import type { EventLog } from '../../events/log.ts';
import type { Notice, NoticeType } from './notices.ts';

/** A connection that is back before that was not away. */
const awayAfterMs = 3_000;

type Options = Readonly<{
  log: Pick<EventLog, 'onConnection'>;
  gatewayId: string;
  now: () => number;
  tell: (type: NoticeType, notice: Notice) => void;
}>;

/** Returns an idempotent stop. */
export function watchLog({ log, gatewayId, now, tell }: Options): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let awaySinceMs: number | undefined;
  let isSaid = false;

  const say = (type: 'log.away' | 'log.back', more: object) => {
    const data = { gateway: gatewayId, ...more };
    tell(type, { id: newEventId(), type, time: new Date(now()).toISOString(), data });
  };
  const unsubscribe = log.onConnection((isConnected) => {
    clearTimeout(timer);
    if (!isConnected) {
      awaySinceMs ??= now();
      const since = new Date(awaySinceMs).toISOString();
      timer = setTimeout(() => {
        isSaid = true;
        say('log.away', { since });
      }, awayAfterMs);
      return;
    }
    if (isSaid && awaySinceMs !== undefined) say('log.back', { away_ms: now() - awaySinceMs });
    isSaid = false;
    awaySinceMs = undefined;
  });
  return () => {
    clearTimeout(timer);
    unsubscribe();
  };
}
