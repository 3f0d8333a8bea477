/** What a measurement has started and would leave behind: undone when its process ends, however that comes about. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processesWith } from '../../test/support/processes.ts';
import { treeOf } from './processes.ts';

const undoing = new Set<() => void>();
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const triesToRemove = 50;
let isListening = false;

function undoAll(): void {
  for (const undo of [...undoing].toReversed()) {
    try {
      undo();
    } catch (error) {
      console.error('something was left behind:', error);
    }
  }
}

function listen(): void {
  isListening = true;
  process.on('exit', undoAll);
  for (const [name, code] of Object.entries(signals)) process.on(name, () => process.exit(code));
}

/** Answers how to forget it, for what has come to its end in order. */
export function undoAtExit(undo: () => void): () => void {
  if (!isListening) listen();
  undoing.add(undo);
  return () => void undoing.delete(undo);
}

function endTree(pid: number): void {
  for (const member of treeOf(pid)) {
    try {
      process.kill(member, 'SIGKILL');
    } catch {
      // It ended in between.
    }
  }
}

/** Who was killed a moment ago may still make a file. */
function removeAll(path: string): void {
  for (let tries = 1; ; tries++) {
    try {
      rmSync(path, { recursive: true, force: true });
      return;
    } catch (error) {
      if (tries === triesToRemove) throw error;
      Bun.sleepSync(20);
    }
  }
}

export type TemporaryFolder = Readonly<{
  path: string;
  /** When nobody works in it any more. */
  remove: () => void;
}>;

/** At the exit of this process all processes that name the folder, and theirs, are ended, and it is removed. */
export const clearAtExit = (path: string): (() => void) =>
  undoAtExit(() => {
    for (const pid of processesWith(path)) endTree(pid);
    removeAll(path);
  });

export function temporaryFolder(name: string): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `signalbox-${name}-`));
  const forget = clearAtExit(path);
  return {
    path,
    remove() {
      forget();
      removeAll(path);
    },
  };
}
