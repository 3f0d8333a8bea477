/** The conversations of one gateway process, with their keys, their large contents and their way to the providers. */
import type { NatsConnection } from '@nats-io/transport-node';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import { openConversationObjects } from '../../events/conversationObjects.ts';
import type { EventLog } from '../../events/log.ts';
import { conversationKeyBucket } from '../../events/subjects.ts';
import type { Config } from '../config.ts';
import type { Models } from '../discovery/models.ts';
import type { Pricing } from '../pricing/pricing.ts';
import type { ProxyDeps } from '../proxy/proxy.ts';
import type { Settings } from '../settings/settings.ts';
import { openVault } from '../vault.ts';
import { createAliveTurns } from './aliveTurns.ts';
import { createAsking } from './asking.ts';
import { createContents } from './contents.ts';
import { createConversations, type Conversations } from './conversations.ts';
import { createDataKeys } from './dataKeys.ts';

type Options = Readonly<{
  nc: NatsConnection;
  log: EventLog;
  runtime: Pick<Runtime, 'ownCause'>;
  config: Pick<Config, 'encryptionKey' | 'turns'>;
  settings: Pick<Settings, 'values'>;
  /** What the server may take on disk in all; null where that is not ours to say. */
  maxStoreBytes: number | null;
  proxy: ProxyDeps;
  pricing: Pricing;
  models: Models;
  gatewayId: string;
  now: () => number;
  onError: (error: unknown, about: string) => void;
}>;

/** Room for some 300,000 data keys. */
const keysBytes = 128 * 1024 * 1024;

export async function openConversations(options: Options): Promise<Conversations> {
  const { nc, log, runtime, config, settings, proxy, pricing, models, gatewayId } = options;
  const { maxStoreBytes, now, onError } = options;
  // Where the disk is small, a small part of it.
  const maxBytes =
    maxStoreBytes === null ? keysBytes : Math.min(keysBytes, Math.floor(maxStoreBytes / 32));
  const room = { bucket: conversationKeyBucket, maxBytes };
  const keys = createDataKeys(await openVault(nc, config.encryptionKey, room));
  const objects = openConversationObjects(
    nc,
    ...(maxStoreBytes === null ? [] : [Math.floor(maxStoreBytes / 8)]),
  );
  const own = { gatewayId, startId: crypto.randomUUID().slice(0, 8) };
  return createConversations({
    log,
    keys,
    contents: createContents(keys, objects),
    asking: createAsking({ proxy, pricing, ...models }),
    aliveTurns: (here) => createAliveTurns(nc, own, here),
    own,
    terms: {
      usual: config.turns,
      mostMessages: () => settings.values.maxConversationLength,
      isTrimmed: () => settings.values.trimConversations,
    },
    ownCause: runtime.ownCause,
    isStopping: () => proxy.drain.isOver,
    now,
    onError,
  });
}
