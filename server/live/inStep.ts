/** Keeps the live stream in step with the runtime: an event is passed on when its actor has taken it. */
import type { ControlMessage } from '../../events/log.ts';

export type InStep = Readonly<{
  put(message: ControlMessage): void;
  /** Passes on what has become ready. */
  pump(): void;
  stop(): void;
}>;

/** The runtime reads the log by itself, a moment before or after; nobody waits longer for it. */
const waitAtMostMs = 100;
const waitingAtMost = 500;

export function createInStep(
  isReady: (message: ControlMessage) => boolean,
  passOn: (message: ControlMessage) => void,
): InStep {
  let waiting: ControlMessage[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const passAll = () => {
    clearTimeout(timer);
    timer = undefined;
    const messages = waiting;
    waiting = [];
    for (const message of messages) passOn(message);
  };
  const pump = () => {
    const blocked = waiting.findIndex((message) => !isReady(message));
    if (blocked < 0 || waiting.length > waitingAtMost) return passAll();
    for (const message of waiting.splice(0, blocked)) passOn(message);
    timer ??= setTimeout(passAll, waitAtMostMs);
  };

  return {
    put(message) {
      waiting.push(message);
      pump();
    },
    pump() {
      if (waiting.length > 0) pump();
    },
    stop() {
      clearTimeout(timer);
      waiting = [];
    },
  };
}
