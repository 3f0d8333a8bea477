/** The least that stands in front of several gateways: it asks who is ready, in turn, and goes on to the next when nobody listens. */

export type Balancer = Readonly<{
  /** Sends it to the next gateway that is ready. @throws what the last of them came to. */
  send: (path: string, init: RequestInit) => Promise<Response>;
  /** How often each gateway was chosen. */
  chosen: ReadonlyMap<string, number>;
  isReady: (url: string) => boolean;
  stop: () => void;
}>;

const askEveryMs = 100;

const isRefusal = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';

export function startBalancer(urls: readonly string[]): Balancer {
  const ready = new Set(urls);
  const chosen = new Map(urls.map((url) => [url, 0]));
  let turn = 0;

  const look = async (url: string): Promise<void> => {
    const status = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(1_000) }).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) ready.add(url);
    else ready.delete(url);
  };
  const timer = setInterval(() => {
    for (const url of urls) void look(url);
  }, askEveryMs);

  const inTurn = (): readonly string[] => {
    turn += 1;
    const candidates = urls.filter((url) => ready.has(url));
    const first = turn % Math.max(candidates.length, 1);
    return [...candidates.slice(first), ...candidates.slice(0, first)];
  };

  return {
    async send(path, init) {
      let last: unknown = new Error('no gateway is ready');
      for (const url of inTurn()) {
        chosen.set(url, (chosen.get(url) ?? 0) + 1);
        try {
          return await fetch(`${url}${path}`, init);
        } catch (error) {
          // What may have reached a gateway is not sent twice.
          if (!isRefusal(error)) throw error;
          last = error;
        }
      }
      throw last;
    },
    chosen,
    isReady: (url) => ready.has(url),
    stop: () => clearInterval(timer),
  };
}
