/** What a tail or a callback delivered, and a way to wait for it. */

export type Inbox<Item> = Readonly<{
  items: readonly Item[];
  put: (item: Item) => void;
  /** Resolves once the condition holds; rejects after `timeoutMs` with what had arrived by then. */
  until: (holds: (items: readonly Item[]) => boolean, timeoutMs?: number) => Promise<void>;
}>;

export function inbox<Item>(): Inbox<Item> {
  const items: Item[] = [];
  const checks = new Set<() => void>();
  return {
    items,
    put(item) {
      items.push(item);
      for (const check of checks) check();
    },
    until: (holds, timeoutMs = 10_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          checks.delete(check);
          reject(new Error(`waited ${timeoutMs} ms in vain; ${items.length} arrived`));
        }, timeoutMs);
        function check() {
          if (!holds(items)) return;
          clearTimeout(timer);
          checks.delete(check);
          resolve();
        }
        checks.add(check);
        check();
      }),
  };
}
