/** What the vendors answer to calls of their SDKs, as far as tests of those ask. */
import type { Arrived, Reply, Script } from './vendor.ts';

export type Route = readonly [
  /** `METHOD /path`, with its query. */
  RegExp,
  (request: Arrived, reply: Reply) => void | Promise<void>,
];

const ids = { 'x-request-id': 'req_1', 'request-id': 'req_1' };

export const gives =
  (body: object, headers: Record<string, string> = {}): Route[1] =>
  (_request, reply) =>
    reply.json(200, body, { ...ids, ...headers });

/** In chunks that end anywhere, as a network cuts them. */
export const streams =
  (whole: string): Route[1] =>
  async (_request, reply) => {
    const bytes = Buffer.from(whole);
    reply.begin(200, { ...ids, 'content-type': 'text/event-stream; charset=utf-8' });
    for (let at = 0; at < bytes.length; at += 97) await reply.chunk(bytes.subarray(at, at + 97));
    reply.end();
  };

/** One answer for a plain request and one for a stream. */
export const eitherWay =
  (body: object, whole: string): Route[1] =>
  (request, reply) =>
    (/"stream":\s?true/.test(request.body.toString()) ? streams(whole) : gives(body))(
      request,
      reply,
    );

export const bytesOf = (size: number): Buffer<ArrayBuffer> =>
  Buffer.from(Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8)) % 256));

export const binary =
  (bytes: Uint8Array, type: string): Route[1] =>
  (_request, reply) =>
    reply.send(200, bytes, { ...ids, 'content-type': type });

export const routed =
  (routes: readonly Route[]): Script =>
  (request, reply) => {
    const asked = `${request.method} ${request.path}`;
    const route = routes.find(([pattern]) => pattern.test(asked));
    if (!route) return reply.json(404, { error: { message: `nobody prepared ${asked}` } });
    return route[1](request, reply);
  };

export const named = (name: string, data: object): string =>
  `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;
export const dataOnly = (data: object, end = '\n\n'): string =>
  `data: ${JSON.stringify(data)}${end}`;
