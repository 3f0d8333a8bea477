/** The order in which keys are taken: least recently used first, each as often as its weight says. */

export type Ring<Key> = Readonly<{
  /** Puts a key at the end of the round; one that is in stays where it is, with this weight. */
  add(key: Key, weight: number): void;
  remove(key: Key): void;
  has(key: Key): boolean;
  /** The next key, which goes to the end of the line. */
  take(): Key | undefined;
  /** Takes this very key, if it is in: one of its turns in this round if any is left, else out of turn. */
  touch(key: Key): boolean;
  size(): number;
}>;

/** A link of a doubly linked list that closes on itself; `key` is undefined in a list's own head. */
type Link<Key> = {
  key: Key | undefined;
  weight: number;
  /** Turns left in its round. */
  credit: number;
  /** The list it is in. */
  head: Link<Key>;
  before: Link<Key>;
  after: Link<Key>;
};

function emptyList<Key>(): Link<Key> {
  const head = { key: undefined, weight: 0, credit: 0 } as Link<Key>;
  head.before = head;
  head.after = head;
  return head;
}

function unlink<Key>(link: Link<Key>): void {
  link.before.after = link.after;
  link.after.before = link.before;
}

function append<Key>(head: Link<Key>, link: Link<Key>): void {
  link.head = head;
  link.before = head.before;
  link.after = head;
  head.before.after = link;
  head.before = link;
}

/**
 * Two lists: those with turns left in this round, and those that wait for the next. A take moves one link, so it
 * costs the same for ten keys and for ten thousand. With equal weights this is plain least-recently-used; with
 * weights 1, 2, 3 the shares are exactly 1, 2, 3, interleaved.
 */
export function createRing<Key>(): Ring<Key> {
  const links = new Map<Key, Link<Key>>();
  let round = emptyList<Key>();
  let next = emptyList<Key>();

  const spend = (link: Link<Key>) => {
    const isInRound = link.head === round;
    unlink(link);
    if (isInRound) link.credit -= 1;
    if (isInRound && link.credit > 0) {
      append(round, link);
      return;
    }
    link.credit = link.weight;
    append(next, link);
  };

  return {
    add(key, weight) {
      const existing = links.get(key);
      if (existing) {
        existing.weight = weight;
        existing.credit = existing.head === round ? Math.min(existing.credit, weight) : weight;
        return;
      }
      const link = { key, weight, credit: weight } as Link<Key>;
      links.set(key, link);
      append(round, link);
    },
    remove(key) {
      const link = links.get(key);
      if (!link) return;
      unlink(link);
      links.delete(key);
    },
    has: (key) => links.has(key),
    take() {
      if (round.after === round) [round, next] = [next, round];
      const link = round.after;
      if (link.key === undefined) return undefined;
      spend(link);
      return link.key;
    },
    touch(key) {
      const link = links.get(key);
      if (!link) return false;
      spend(link);
      return true;
    },
    size: () => links.size,
  };
}
