/** Reads for one listener what it has missed, until it stands where the shared tails stand. */
import type { EventLog } from '../../events/log.ts';
import { encode, totalsBlock, trafficBlock, transitionBlock, withCursor } from './blocks.ts';
import type { Cursor } from './cursor.ts';
import type { Member } from './fanOut.ts';
import type { Feed } from './feed.ts';
import type { Shown } from './filter.ts';
import { createThinning } from './thinning.ts';

/** Messages of CONTROL or CONVERSATIONS, and TRAFFIC batches, read at once. */
const controlPage = 200;
const trafficPage = 16;

type Options = Readonly<{
  log: EventLog;
  feed: Feed;
  member: Member;
  start: Cursor;
  now: () => number;
  shownPerSecond: number;
}>;

/** Joins the feed without a gap or a repeat; answers with the way to leave it. @throws {LogUnavailable} */
export async function catchUp(options: Options): Promise<() => void> {
  const { log, feed, member, start, now, shownPerSecond } = options;
  const { listener, wants } = member;
  let cursor = start;

  const readTransitions = async (stream: 'control' | 'conversations', upTo: number) => {
    const read = stream === 'control' ? log.readControl : log.readConversations;
    const page = await read(cursor[stream], upTo, controlPage);
    if (page.length === 0) cursor = { ...cursor, [stream]: upTo };
    for (const message of page) {
      cursor = { ...cursor, [stream]: message.ok ? message.event.sequence : message.sequence };
      if (!wants.transition(message)) continue;
      await listener.room();
      listener.write(encode(transitionBlock(message, feed.statusAfter(message), cursor)));
    }
  };

  /** What was missed counts as one second: so much one by one, of the rest the totals. */
  const readTraffic = async (upTo: number) => {
    const thinning = createThinning(wants.everything ? shownPerSecond : Infinity);
    while (cursor.traffic < upTo && listener.isOpen()) {
      const page = await log.readTraffic(cursor.traffic, upTo, trafficPage);
      // The log may have dropped what is that old.
      if (page.length === 0) cursor = { ...cursor, traffic: upTo };
      for (const { sequence, events } of page) {
        const wanted = thinning.take(
          events.filter((event) => wants.everything || wants.traffic(event)),
        );
        const before = cursor;
        cursor = { ...cursor, traffic: sequence };
        await listener.room();
        listener.write(encode(blocksOf(wanted, thinning.hides() ? before : cursor)));
      }
    }
    const totals = thinning.end();
    if (totals) listener.write(encode(totalsBlock(totals, now(), cursor)));
  };

  while (listener.isOpen()) {
    const target = feed.position();
    if (cursor.control < target.control) await readTransitions('control', target.control);
    else if (cursor.conversations < target.conversations)
      await readTransitions('conversations', target.conversations);
    else if (cursor.traffic < target.traffic) await readTraffic(target.traffic);
    // The list that gave the cursor was a moment ahead of the shared tails.
    else if (isAhead(cursor, target)) await feed.next();
    else return feed.join(member);
  }
  return () => undefined;
}

const isAhead = (cursor: Cursor, target: Cursor): boolean =>
  cursor.control > target.control ||
  cursor.traffic > target.traffic ||
  cursor.conversations > target.conversations;

function blocksOf(shown: readonly Shown[], cursor: Cursor): string {
  const texts = shown.map(trafficBlock);
  const last = texts.pop();
  return last === undefined ? '' : texts.join('') + withCursor(last, cursor);
}
