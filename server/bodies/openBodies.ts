/** The recording of bodies on the log's own server. */
import type { NatsConnection } from '@nats-io/transport-node';
import { openBodyStore } from '../../events/bodies.ts';
import { createBodies, keepMsOf, type Bodies, type BodiesOptions } from './bodies.ts';

/** @param maxStoreBytes what the server may take in all; null where that is not ours to say. */
export async function openBodies(
  nc: NatsConnection,
  maxStoreBytes: number | null,
  options: Omit<BodiesOptions, 'store'>,
): Promise<Bodies> {
  const store = await openBodyStore(nc, {
    keepMs: () => keepMsOf(options.settings),
    // Of what CONTROL and TRAFFIC leave.
    ...(maxStoreBytes !== null && { maxBytes: Math.floor(maxStoreBytes / 8) }),
  });
  return createBodies({ ...options, store });
}
