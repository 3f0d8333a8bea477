/** What the live stream tells of conversations: that something happened in one, not what was said. */
import { createMemo, createRoot } from 'solid-js';
import { world } from './store.ts';
import type { Transition } from './world.ts';

const none: readonly Transition[] = [];

/** Newest first, without those that say only that an answer goes on. */
const news = createRoot(() =>
  createMemo(
    () =>
      (world()?.transitions ?? none).filter(
        ({ kind, type }) => kind === 'conversation' && type !== 'TurnProgressed',
      ),
    none,
    {
      equals: (one, other) =>
        one.length === other.length && one[0]?.sequence === other[0]?.sequence,
    },
  ),
);

/** Of this one; of all without an id. */
export const newsOf = (id?: string): readonly Transition[] =>
  id === undefined ? news() : news().filter(({ actor_id: of }) => of === id);

/** The sequence of the newest; 0 before any. */
export const newestOf = (id?: string): number => newsOf(id)[0]?.sequence ?? 0;
