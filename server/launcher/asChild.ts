/** The other end of the launcher's messages: started and stopped by them, never longer alive than the launcher. */
import type { Logger } from 'pino';
import type { FromChild, StartMessage, ToChild } from './messages.ts';

export type Running = Readonly<{
  url: string;
  stop: () => Promise<void>;
  /** The most that `stop` takes. */
  stopLimitMs?: () => number;
}>;

export function runAsChild(start: (message: StartMessage) => Promise<Running>, log: Logger): void {
  const tell = (message: FromChild) => process.send?.(message);
  let running: Running | undefined;

  const receive = async (message: ToChild): Promise<void> => {
    if (message.type === 'start' && 'config' in message) {
      running = await start(message);
      tell({ type: 'ready', url: running.url });
    }
    if (message.type === 'stop') await stop();
  };
  const stop = async (): Promise<void> => {
    const withinMs = running?.stopLimitMs?.();
    if (withinMs !== undefined) tell({ type: 'stopping', withinMs });
    await running?.stop();
    process.exit(0);
  };
  const failed = (error: unknown): void => {
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  };
  process.on('message', (message: ToChild) => {
    receive(message).catch(failed);
  });
  // Meant for this process alone, or for all of a service: what is in hand is finished either way.
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(name, () => void stop().catch(failed));
  process.on('disconnect', () => process.exit(1));
  // A bug in one request must not end all others.
  process.on('unhandledRejection', (error) => log.error({ error }, 'unhandled'));
}
