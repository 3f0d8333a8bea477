/** A server without sessions says that something changed to those alone who listen: one request that stays open. */
import { LinkDown } from '../rpc/link.ts';
import { isObject, methodNotFound, type Json, type RpcNotification } from '../rpc/message.ts';
import type { Identity, UpstreamSession } from './session.ts';

export type ListenTo = Readonly<{
  session: () => Promise<UpstreamSession | undefined>;
  /** What is wanted: the `notifications` of the request. */
  wanted: Json;
  as?: Identity;
  signal?: AbortSignal;
  onNotification?: (notification: RpcNotification) => void;
}>;

/** As long as a timer can be. */
const standingMs = 2_147_483_647;
const firstWaitMs = 1_000;
const longestWaitMs = 30_000;
/** One that held this long broke for another reason than the last. */
const steadyMs = 60_000;

/** What a server may be asked to tell, of its lists. */
export function listsOf({ description: { capabilities } }: UpstreamSession): Json {
  const tells = (capability: string): boolean => {
    const said: unknown = capabilities[capability];
    return isObject(said) && said['listChanged'] === true;
  };
  return {
    ...(tells('tools') && { toolsListChanged: true }),
    ...(tells('prompts') && { promptsListChanged: true }),
    ...(tells('resources') && { resourcesListChanged: true }),
  };
}

/** Ends with the signal, with the session, or where the server knows nothing of it; a stream that broke is opened again. */
export async function listen({ session, wanted, as, signal, onNotification }: ListenTo) {
  let waitMs = firstWaitMs;
  while (!signal?.aborted) {
    const startedMs = performance.now();
    try {
      const current = await session();
      if (!current?.isOpen()) return;
      const answer = await current.request(
        'subscriptions/listen',
        { notifications: wanted },
        {
          timeoutMs: standingMs,
          mostMs: standingMs,
          isStanding: true,
          ...(signal && { signal }),
          ...(onNotification && { onNotification }),
        },
        as,
      );
      if ('error' in answer && answer.error.code === methodNotFound) return;
    } catch (error) {
      if (signal?.aborted || !(error instanceof LinkDown)) return;
    }
    if (performance.now() - startedMs >= steadyMs) waitMs = firstWaitMs;
    await Bun.sleep(waitMs);
    waitMs = Math.min(longestWaitMs, waitMs * 2);
  }
}
