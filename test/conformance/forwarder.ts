/** Stands before a gateway for a program that can send no key: adds one header and changes nothing else. */
export type Forwarder = Readonly<{ url: string; stop: () => Promise<void> }>;

export function startForwarder(origin: string, authorization: string): Forwarder {
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const headers = new Headers(request.headers);
      headers.set('authorization', authorization);
      headers.delete('connection');
      // The gateway is to judge the name that the suite called, so it is passed on.
      return fetch(`${origin}${pathname}${search}`, {
        method: request.method,
        headers,
        body: request.method === 'POST' ? await request.bytes() : null,
        redirect: 'manual',
        signal: request.signal,
      });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    stop: () => server.stop(true),
  };
}
