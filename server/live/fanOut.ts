/** Passes each message on to all listeners, encoded once for those who want everything. */
import type { Sequence } from '../../events/event.ts';
import type { ControlMessage, TrafficMessage } from '../../events/log.ts';
import {
  encode,
  heartbeat,
  pulseBlock,
  totalsBlock,
  trafficBlock,
  transitionBlock,
  withCursor,
} from './blocks.ts';
import type { Pulse } from '../present/pulse.ts';
import type { Cursor } from './cursor.ts';
import type { Shown, Wants } from './filter.ts';
import type { Listener } from './listener.ts';
import { createThinning } from './thinning.ts';

export type Member = Readonly<{ listener: Listener; wants: Wants }>;

export type FanOut = Readonly<{
  members: Set<Member>;
  /** What has been passed on. */
  position(): Cursor;
  transition(
    stream: 'control' | 'conversations',
    message: ControlMessage,
    status: string | undefined,
  ): void;
  traffic(message: TrafficMessage): void;
  /** Ends a second of traffic. */
  second(nowMs: number): void;
  /** `pulse` goes to those who want everything. */
  heartbeat(pulse: Pulse | undefined): void;
}>;

/** Computed when it is first asked for. */
function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** @param shownPerSecond requests and calls shown one by one to a listener without a filter. */
export function createFanOut(start: Cursor, shownPerSecond: number): FanOut {
  const members = new Set<Member>();
  const thinning = createThinning(shownPerSecond);
  let position = start;
  /** What is told of TRAFFIC to those who get it thinned out: it stays behind while totals are due. */
  let told: Sequence = start.traffic;

  return {
    members,
    position: () => position,

    transition(stream, message, status) {
      position = { ...position, [stream]: message.ok ? message.event.sequence : message.sequence };
      const thinned = once(() =>
        encode(transitionBlock(message, status, { ...position, traffic: told })),
      );
      const whole = once(() => encode(transitionBlock(message, status, position)));
      for (const { listener, wants } of members) {
        if (!wants.transition(message)) continue;
        listener.offer(wants.everything ? thinned() : whole());
      }
    },

    traffic({ sequence, events }) {
      position = { ...position, traffic: sequence };
      const blocks = new Map<Shown, string>();
      const encoded = (shown: readonly Shown[], cursor: Cursor): Uint8Array => {
        const texts = shown.map((event) => {
          const text = blocks.get(event) ?? trafficBlock(event);
          blocks.set(event, text);
          return text;
        });
        const last = texts.pop() ?? '';
        return encode(texts.join('') + withCursor(last, cursor));
      };

      const visible = thinning.take(events);
      if (!thinning.hides()) told = sequence;
      const thinned = once(() => encoded(visible, { ...position, traffic: told }));
      for (const { listener, wants } of members) {
        if (wants.everything) {
          if (visible.length > 0) listener.offer(thinned());
          continue;
        }
        if (!wants.anyTraffic) continue;
        const wanted = events.filter(wants.traffic);
        if (wanted.length > 0) listener.offer(encoded(wanted, position));
      }
    },

    second(nowMs) {
      const totals = thinning.end();
      told = position.traffic;
      if (!totals) return;
      const bytes = once(() => encode(totalsBlock(totals, nowMs, position)));
      for (const { listener, wants } of members) if (wants.everything) listener.offer(bytes());
    },

    heartbeat(pulse) {
      const bytes = pulse ? encode(pulseBlock(pulse)) : heartbeat;
      for (const { listener, wants } of members) {
        listener.offer(wants.everything ? bytes : heartbeat);
      }
    },
  };
}
