/** A child that is kept up: started again when it ends, with growing waits, until it is stopped. */
import type { Logger } from '../logger.ts';
import { restartBackoff } from './backoff.ts';
import type { ReadyMessage, ToChild } from './messages.ts';
import { boot, type ChildSpec } from './process.ts';

export type Child = Readonly<{
  /** Starts what was booted; from then on it is kept up. @throws {StartError} */
  start: (message: ToChild) => Promise<ReadyMessage>;
  /** Stops it in order and starts it anew, at once. */
  restart: () => void;
  pid: () => number;
  /** May be called twice. */
  stop: () => Promise<void>;
}>;

export function keepChild(spec: ChildSpec, log: Logger): Child {
  const backoff = restartBackoff();
  let run = boot(spec);
  let isStopping = false;
  let isWanted = false;
  let wake = Promise.withResolvers<void>();

  const keepUp = async (message: ToChild): Promise<void> => {
    while (!isStopping) {
      backoff.started();
      const how = await run.ended;
      if (isStopping) return;
      const waitMs = isWanted ? 0 : backoff.nextMs();
      if (!isWanted) log.error({ how, waitMs }, `the ${spec.name} ended and is started again`);
      wake = Promise.withResolvers<void>();
      await Promise.race([Bun.sleep(waitMs), wake.promise]);
      if (isStopping) return;
      isWanted = false;
      run = boot(spec);
      try {
        await run.start(message);
        log.info({ pid: run.pid }, `the ${spec.name} runs again`);
      } catch (error) {
        if (!isStopping) log.error({ error }, `the ${spec.name} could not start`);
        run.kill();
      }
    }
  };

  let kept: Promise<void> = Promise.resolve();
  const stop = async (): Promise<void> => {
    isStopping = true;
    wake.resolve();
    await run.stop();
    await kept;
  };
  let stopped: Promise<void> | undefined;
  return {
    start: async (message) => {
      const ready = await run.start(message);
      kept = keepUp(message);
      return ready;
    },
    restart: () => {
      isWanted = true;
      backoff.reset();
      wake.resolve();
      if (!run.hasEnded()) void run.stop();
    },
    pid: () => run.pid,
    stop: () => (stopped ??= stop()),
  };
}
