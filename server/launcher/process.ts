/** One run of one child process: booted, started, stopped. */
import { existsSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { StartError } from './startError.ts';
import type { FromChild, ReadyMessage, ToChild } from './messages.ts';

export type ChildSpec = Readonly<{
  /** As it is called in messages and the log. */
  name: string;
  /** The file that is run. */
  entry: string;
  env: Readonly<Record<string, string | undefined>>;
  /** How long it may take until it is ready. */
  startLimitMs: number;
  /** How long it may take to finish what it has in hand, unless it says how long that is. */
  stopLimitMs: number;
  /** 19 lets every other process go first. */
  niceness?: number;
}>;

export type Run = Readonly<{
  pid: number;
  /** Tells the booted child to start. @throws {StartError} when it fails, ends or takes too long. */
  start: (message: ToChild) => Promise<ReadyMessage>;
  send: (message: ToChild) => void;
  /** Settles with words for how it ended. */
  ended: Promise<string>;
  hasEnded: () => boolean;
  /** Asks it to stop, and ends it when its time is up. */
  stop: () => Promise<void>;
  kill: () => void;
}>;

const isFromChild = (message: unknown): message is FromChild =>
  typeof message === 'object' &&
  message !== null &&
  'type' in message &&
  (message.type === 'ready' || message.type === 'failed' || message.type === 'stopping');

/** For what comes after the last request: the spool, the log, a snapshot. */
const marginMs = 10_000;

/** The process starts to load at once; it does nothing before its start message. */
export function boot(spec: ChildSpec): Run {
  const answer = Promise.withResolvers<ReadyMessage>();
  let isReady = false;
  answer.promise.then(
    () => (isReady = true),
    () => {},
  );
  const kill = (): void => child.kill('SIGKILL');
  let limit: Timer | undefined;
  const killAfter = (ms: number): void => {
    clearTimeout(limit);
    limit = setTimeout(kill, ms);
  };
  const child = Bun.spawn([process.execPath, spec.entry], {
    stdio: ['ignore', 'inherit', 'inherit'],
    // ^C in a terminal goes to the whole group, and the children are to be stopped in order.
    detached: true,
    env: { ...spec.env },
    ipc: (message: unknown) => {
      if (!isFromChild(message)) return;
      if (message.type === 'ready') answer.resolve(message);
      else if (message.type === 'failed') answer.reject(new StartError(message.message));
      else killAfter(message.withinMs + marginMs);
    },
  });
  if (spec.niceness !== undefined) lowerPriority(child.pid, spec.niceness);
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const ended = child.exited.then(() => {
    clearTimeout(limit);
    const how = child.signalCode === null ? `with ${child.exitCode}` : `by ${child.signalCode}`;
    answer.reject(new StartError(`the ${spec.name} ended ${how} before it was ready`));
    return how;
  });
  const send = (message: ToChild): void => {
    if (!hasEnded()) child.send(message);
  };
  return {
    pid: child.pid,
    ended,
    hasEnded,
    send,
    kill,
    start: async (message) => {
      send(message);
      const limit = setTimeout(() => {
        const seconds = spec.startLimitMs / 1000;
        answer.reject(new StartError(`the ${spec.name} was not ready within ${seconds} s`));
      }, spec.startLimitMs);
      return answer.promise.finally(() => clearTimeout(limit));
    },
    stop: async () => {
      // One that never became ready has nothing in hand.
      if (isReady) send({ type: 'stop' });
      else kill();
      // It may be stopping already, and have said for how long.
      if (limit === undefined) killAfter(spec.stopLimitMs);
      await child.exited;
    },
  };
}

function lowerPriority(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness);
    // A child in a session of its own is weighed as a group by Linux: without this its niceness would mean nothing.
    const group = `/proc/${pid}/autogroup`;
    if (existsSync(group)) writeFileSync(group, String(niceness));
  } catch {
    // Not allowed here: it then runs with the priority of the others.
  }
}
