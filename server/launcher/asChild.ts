/** The other end of the launcher's messages: started and stopped by them, never longer alive than the launcher. */
import type { Logger } from 'pino';
import type { FromChild, StartMessage, ToChild } from './messages.ts';

export type Running = Readonly<{ url: string; stop: () => Promise<void> }>;

export function runAsChild(start: (message: StartMessage) => Promise<Running>, log: Logger): void {
  const tell = (message: FromChild) => process.send?.(message);
  let running: Running | undefined;

  const receive = async (message: ToChild): Promise<void> => {
    if (message.type === 'start' && 'config' in message) {
      running = await start(message);
      tell({ type: 'ready', url: running.url });
    }
    if (message.type === 'stop') {
      await running?.stop();
      process.exit(0);
    }
  };
  process.on('message', (message: ToChild) => {
    receive(message).catch((error: unknown) => {
      tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    });
  });
  process.on('disconnect', () => process.exit(1));
  // A bug in one request must not end all others.
  process.on('unhandledRejection', (error) => log.error({ error }, 'unhandled'));
}
