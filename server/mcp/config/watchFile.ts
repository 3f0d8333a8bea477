/** A file that is read again whenever it has changed. */
import { dirname, resolve } from 'node:path';
import type { Logger } from '../../logger.ts';

type Options = Readonly<{
  /** Absolute. */
  path: string;
  /** Never runs twice at once; must not reject. */
  read: () => Promise<void>;
  logger: Logger;
}>;

const debounceMs = 1_000;

/**
 * Nobody waits for it to stand: what was written since the file was read is read once it does. The function that comes
 * back ends it, waits for a reading that is under way, and may be called twice.
 */
export function watchFile({ path, read, logger }: Options): () => Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let reading: Promise<void> = Promise.resolve();
  let isStopped = false;

  const readAgain = () => {
    if (!isStopped) reading = reading.then(read);
  };
  const watchFolder = async () => {
    const { watch } = await import('chokidar');
    if (isStopped) return undefined;
    // Its folder: editors and volumes put another file in its place.
    const watcher = watch(dirname(path), {
      depth: 0,
      ignoreInitial: true,
      ignored: (seen) => resolve(seen) !== dirname(path) && resolve(seen) !== path,
    });
    watcher.on('all', () => {
      clearTimeout(timer);
      timer = setTimeout(readAgain, debounceMs);
    });
    watcher.on('error', (error) => logger.warn({ error, path }, 'the file cannot be watched'));
    watcher.once('ready', readAgain);
    return watcher;
  };
  const watching = watchFolder();

  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await (await watching)?.close();
    await reading;
  };
}
