/**
 * The HTTP/1.1 client of the request path. Bun's `fetch` works on a thread of its own, and to wake it and be woken by
 * it costs a small request more than all the gateway does: this one lives on the gateway's thread.
 */
import type { Upstream, UpstreamAnswer } from '../proxy/upstream.ts';
import { connect, type Connection, type Job } from './connection.ts';
import { originText, parseOrigin, type Origin } from './origin.ts';

export type UpstreamClient = Readonly<{
  send: Upstream;
  /** Closes what is idle; what is under way goes on. */
  stop(): void;
}>;

type Options = Readonly<{
  /** Until a connection stands, TLS included; read anew for each. */
  connectMs: () => number;
  now: () => number;
}>;

/** Idle connections to one origin, the last used at the end. */
type Idle = Readonly<{ connection: Connection; untilMs: number }>;
type Place = Readonly<{ origin: Origin; idle: Idle[] }>;

const mostIdle = 512;
/** Where the vendor does not say: under what the usual servers and their load balancers allow. */
const usualIdleMs = 30_000;
/** A vendor that counts down to the second may be a little early. */
const marginMs = 1_000;
const sweepMs = 1_000;

export function createUpstreamClient({ connectMs, now }: Options): UpstreamClient {
  const places = new Map<string, Place>();
  let sweeper: ReturnType<typeof setInterval> | undefined;

  const sweep = () => {
    let isAnyIdle = false;
    for (const { idle } of places.values()) {
      const kept = idle.findIndex(({ untilMs }) => untilMs > now());
      for (const { connection } of idle.splice(0, kept === -1 ? idle.length : kept))
        connection.close();
      isAnyIdle ||= idle.length > 0;
    }
    if (isAnyIdle) return;
    clearInterval(sweeper);
    sweeper = undefined;
  };

  const dial = (place: Place, job: Job): void => {
    const { origin, idle } = place;
    connect({
      origin,
      connectMs: connectMs(),
      job,
      onFree(connection, keepsIdleMs) {
        const idleMs = keepsIdleMs === undefined ? usualIdleMs : keepsIdleMs - marginMs;
        if (idle.length >= mostIdle || idleMs <= 0) {
          connection.close();
          return;
        }
        idle.push({ connection, untilMs: now() + idleMs });
        sweeper ??= setInterval(sweep, sweepMs);
      },
      onClosed(connection) {
        const at = idle.findIndex((one) => one.connection === connection);
        if (at !== -1) idle.splice(at, 1);
      },
      onStale: (stale) => dial(place, stale),
    });
  };

  /** Of the request before, which went there too as a rule. */
  let last: { url: string; place: Place } | undefined;

  const placeOf = (url: string): Place => {
    if (last?.url === url) return last.place;
    const text = originText(url);
    const place = places.get(text) ?? { origin: parseOrigin(text), idle: [] };
    places.set(text, place);
    last = { url, place };
    return place;
  };

  const begin = (job: Job): void => {
    const { request } = job;
    const place = placeOf(request.url);
    // A used connection may close under the request: then nobody knows whether it was processed.
    const used = request.isRepeatable ? place.idle.pop() : undefined;
    if (used) used.connection.start(job);
    else dial(place, job);
  };

  return {
    send(request, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<UpstreamAnswer>();
      try {
        if (signal.aborted) reject(signal.reason);
        else begin({ request, signal, resolve, reject });
      } catch (error) {
        reject(error);
      }
      return promise;
    },
    stop() {
      for (const { idle } of places.values()) {
        for (const { connection } of idle.splice(0)) connection.close();
      }
      clearInterval(sweeper);
      sweeper = undefined;
    },
  };
}
