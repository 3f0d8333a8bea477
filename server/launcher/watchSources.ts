/** Tells when source files change (--reload). */
import { watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';

const quietMs = 150;

/** Calls back once per burst of changes, with the folders they were in; returns an idempotent stop. */
export function watchSources(
  root: string,
  folders: readonly string[],
  onChange: (folders: ReadonlySet<string>) => void,
): () => void {
  let changed = new Set<string>();
  let timer: Timer | undefined;
  const watchers: FSWatcher[] = folders.map((folder) =>
    watch(join(root, folder), { recursive: true }, (_kind, file) => {
      if (file?.endsWith('.ts') !== true) return;
      changed.add(folder);
      clearTimeout(timer);
      timer = setTimeout(() => {
        const burst = changed;
        changed = new Set();
        onChange(burst);
      }, quietMs);
    }),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
