/** A receiver of webhooks: a real HTTP server that fails as often as it is told to. */
import { until } from './until.ts';

export type Post = Readonly<{ headers: Headers; body: string }>;

export type Receiver = Readonly<{
  url: string;
  /** What arrived, once there is so much of it. */
  posts(count: number): Promise<readonly Post[]>;
  /** What arrived, after another request of ours went all the way to it and back. */
  soFar(): Promise<readonly Post[]>;
  redirectsTo(url: string): void;
  stop(): void;
}>;

/** Answers the first posts with these statuses, all others with 200. */
export function startReceiver(...statuses: number[]): Receiver {
  const arrived: Post[] = [];
  let location: string | undefined;
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      if (request.method !== 'POST') return new Response('here');
      arrived.push({ headers: request.headers, body: await request.text() });
      if (location !== undefined) return Response.redirect(location, 302);
      return new Response(null, { status: statuses.shift() ?? 200 });
    },
  });
  const url = `http://127.0.0.1:${server.port}/hook`;
  return {
    url,
    async posts(count) {
      await until(`${count} posts arrived`, () => arrived.length >= count);
      return arrived;
    },
    async soFar() {
      await fetch(url);
      return arrived;
    },
    redirectsTo: (to) => void (location = to),
    stop: () => void server.stop(true),
  };
}
