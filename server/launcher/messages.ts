/** What the launcher and its children say to one another over IPC. */
import type { Config } from '../config.ts';
import type { NatsAccess } from '../config/places.ts';

/** How to reach the log, and what it may take on this disk (null for a server elsewhere). */
export type LogAccess = NatsAccess & Readonly<{ maxStoreBytes: number | null }>;

export type StartMessage = Readonly<{
  type: 'start';
  config: Config;
  nats: LogAccess;
  /** 1 for the first gateway and for the projector. */
  workerNumber: number;
}>;

/** `gateway` tells the demo where the gateway listens. */
export type ToChild =
  | StartMessage
  | Readonly<{ type: 'start' }>
  | Readonly<{ type: 'stop' }>
  | Readonly<{ type: 'gateway'; url: string }>;

export type ReadyMessage = Readonly<{
  type: 'ready';
  /** Where a gateway listens. */
  url?: string;
  /** What the demo adds to the environment. */
  env?: Readonly<Record<string, string>>;
}>;
export type FromChild =
  | ReadyMessage
  | Readonly<{ type: 'failed'; message: string }>
  /** It may take so long to finish what it has in hand. */
  | Readonly<{ type: 'stopping'; withinMs: number }>;
