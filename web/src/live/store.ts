/** The world as Solid sees it: one signal that is set once a batch, and the state of the connection beside it. */
import { createSignal } from 'solid-js';
import type { ApiProblem } from './api.ts';
import { applyEvents } from './applyEvent.ts';
import type { LiveEvent, World } from './world.ts';

export type Connection =
  | Readonly<{ phase: 'loading' | 'live' | 'login' }>
  | Readonly<{ phase: 'lost'; retryAtMs: number; sinceMs: number; problem: ApiProblem | null }>
  | Readonly<{ phase: 'refused'; problem: ApiProblem }>;

const [world, setWorld] = createSignal<World | undefined>(undefined);
const [connection, setConnection] = createSignal<Connection>({ phase: 'loading' });
const [now, setNow] = createSignal(Date.now());

export { connection, now, setConnection, world };

/** The moments that a batch waits for: a frame of the screen, and a tenth of a second under load. */
const pauseMs = 100;
let waiting: LiveEvent[] = [];
let isScheduled = false;
let flushedMs = 0;

function flush(): void {
  isScheduled = false;
  flushedMs = performance.now();
  const events = waiting;
  waiting = [];
  setWorld((before) => before && applyEvents(before, events));
}

/** Applied with the next frame; frames stop in a hidden page, its time does not. */
export function enqueue(event: LiveEvent): void {
  waiting.push(event);
  if (isScheduled) return;
  isScheduled = true;
  const dueMs = flushedMs + pauseMs - performance.now();
  if (dueMs > 0 || document.hidden) setTimeout(flush, Math.max(dueMs, 0));
  else requestAnimationFrame(flush);
}

/** Where the stream has to go on: nothing that waits is lost with it. */
export function cursorNow(): string | undefined {
  if (waiting.length > 0) flush();
  return world()?.cursor;
}

export function replaceWorld(next: World): void {
  waiting = [];
  setWorld(next);
}

/** The gateway's time, second by second. */
export function startClock(): () => void {
  const timer = setInterval(() => setNow(Date.now() + (world()?.clockAheadMs ?? 0)), 1_000);
  return () => clearInterval(timer);
}
