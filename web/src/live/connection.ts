/** Keeps the world true: a snapshot, then the live stream from its cursor, again and again. */
import { answerOf, api, ApiProblem, whenSessionEnds } from './api.ts';
import { readEvents } from './sse.ts';
import {
  connection,
  cursorNow,
  enqueue,
  replaceWorld,
  setConnection,
  startClock,
  world,
} from './store.ts';
import { worldOf, type LiveEvent } from './world.ts';

type Hello = Readonly<{ version: string; gap: boolean }>;

/** What lies between two tries. */
const pausesMs = [300, 1_000, 2_000, 4_000];
const longestMs = 5_000;

let stopping = new AbortController();
let wake = () => {};

const sleep = (ms: number) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });

async function load(): Promise<void> {
  const snapshot = await answerOf(api.snapshot.get());
  replaceWorld(worldOf(snapshot, Date.now()));
}

/** Resolves when the stream ends; true when the lists have to be read again. */
async function follow(cursor: string, isFresh: boolean, signal: AbortSignal): Promise<boolean> {
  const own = new AbortController();
  const stop = () => own.abort();
  signal.addEventListener('abort', stop);
  let isStale = false;
  const onEvent = (name: string, data: string, id: string | undefined) => {
    const value: unknown = JSON.parse(data);
    if (name !== 'hello') {
      enqueue({ name, data: value, cursor: id } as LiveEvent);
      return;
    }
    // A gap right after a snapshot is old traffic only: the snapshot has its sums.
    isStale = (value as Hello).gap && !isFresh;
    if (isStale) own.abort();
    else setConnection({ phase: 'live' });
  };
  try {
    const url = `/api/live?after=${encodeURIComponent(cursor)}`;
    await readEvents({ url, signal: own.signal, onOpen: () => {}, onEvent });
    return false;
  } catch (error) {
    if (isStale) return true;
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The sessions that the gateway no longer knows, and what it refuses for another reason than being busy. */
function isRefusal(error: unknown): error is ApiProblem {
  return error instanceof ApiProblem && [401, 403].includes(error.status);
}

async function run(signal: AbortSignal): Promise<void> {
  let failures = 0;
  let isStale = world() === undefined;
  while (!signal.aborted) {
    let problem: ApiProblem | null = null;
    try {
      const isFresh = isStale;
      if (isStale) await load();
      const started = performance.now();
      isStale = await follow(cursorNow() ?? '', isFresh, signal);
      if (performance.now() - started > 10_000) failures = 0;
      if (isStale) continue;
    } catch (error) {
      if (signal.aborted) return;
      if (isRefusal(error)) {
        setConnection(
          error.status === 401 ? { phase: 'login' } : { phase: 'refused', problem: error },
        );
        if (error.status === 401) return;
      }
      problem = error instanceof ApiProblem ? error : null;
    }
    if (connection().phase === 'live') failures = 0;
    const pauseMs = pausesMs[failures] ?? longestMs;
    failures += 1;
    const before = connection();
    setConnection(
      before.phase === 'refused'
        ? before
        : {
            phase: 'lost',
            retryAtMs: Date.now() + pauseMs,
            sinceMs: before.phase === 'lost' ? before.sinceMs : Date.now(),
            problem,
          },
    );
    await sleep(pauseMs);
  }
}

/** Begins, or begins anew after a login. */
export function connect(): void {
  stopping.abort();
  stopping = new AbortController();
  if (world() === undefined) setConnection({ phase: 'loading' });
  void run(stopping.signal);
}

/** Tries now instead of later. */
export const tryNow = (): void => wake();

/** A page that nobody sees gives its stream back: a browser has six connections for all its tabs. */
const unseenMs = 120_000;

function restWhileUnseen(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isResting = false;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    if (document.hidden) {
      timer = setTimeout(() => {
        isResting = connection().phase !== 'login';
        stopping.abort();
      }, unseenMs);
      return;
    }
    if (isResting && connection().phase !== 'login') {
      setConnection({ phase: 'loading' });
      connect();
    }
    isResting = false;
  });
}

export function start(): void {
  whenSessionEnds(() => {
    stopping.abort();
    setConnection({ phase: 'login' });
  });
  startClock();
  restWhileUnseen();
  window.addEventListener('online', tryNow);
  connect();
}
