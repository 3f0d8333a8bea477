/** What the live stream tells of conversations: that something happened in one, not what was said. */
import { createEffect, createMemo, createRoot, on } from 'solid-js';
import { connection, world } from './store.ts';
import type { Transition } from './world.ts';

const none: readonly Transition[] = [];
const news = createRoot(() => createMemo(() => world()?.talks ?? none));

/** Newest first. Of this one; of all without an id. */
export const newsOf = (id?: string): readonly Transition[] =>
  id === undefined ? news() : news().filter(({ actor_id: of }) => of === id);

/** The sequence of the newest; 0 before any. */
export const newestOf = (id?: string): number => newsOf(id)[0]?.sequence ?? 0;

/** Called when something happened, and when the stream is back after a time in which something may have. */
export function whenNews(id: string | undefined, run: () => void): void {
  const isLost = createMemo(() => connection().phase === 'lost');
  const look = () => {
    if (!isLost()) run();
  };
  createEffect(on([() => newestOf(id), isLost], look, { defer: true }));
}
