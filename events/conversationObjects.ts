/** The object store of what is too large for an event of a conversation: sealed bytes, made when it is first needed. */
import { jetstream, StorageType } from '@nats-io/jetstream';
import { Objm, type ObjectStore } from '@nats-io/obj';
import type { NatsConnection } from '@nats-io/transport-node';
import { isPassing } from './failure.ts';
import { LogUnavailable } from './log.ts';
import { conversationObjectBucket } from './subjects.ts';

/** What is in the objects this store cannot read. */
export type ConversationObjects = Readonly<{
  /** @throws {LogUnavailable} */
  put(name: string, sealed: Uint8Array): Promise<void>;
  /** Undefined when it was erased. @throws {LogUnavailable} */
  get(name: string): Promise<Uint8Array | undefined>;
  /** One that is not there is erased already. @throws {LogUnavailable} */
  erase(name: string): Promise<void>;
}>;

const requestMs = 10_000;
const defaultBytes = 512 * 1024 * 1024;

async function reached<Answer>(what: Promise<Answer>): Promise<Answer> {
  try {
    return await what;
  } catch (error) {
    if (!isPassing(error) || error instanceof LogUnavailable) throw error;
    throw new LogUnavailable('the store of large contents does not answer', { cause: error });
  }
}

/** @param maxBytes of the store on disk; when it is full nothing large is taken any more. */
export function openConversationObjects(
  nc: NatsConnection,
  maxBytes = defaultBytes,
): ConversationObjects {
  const manager = new Objm(jetstream(nc, { timeout: requestMs }));
  let opened: Promise<ObjectStore> | undefined;
  const store = async (): Promise<ObjectStore> => {
    const config = { storage: StorageType.File, max_bytes: maxBytes };
    opened ??= manager.create(conversationObjectBucket, config);
    try {
      return await reached(opened);
    } catch (error) {
      opened = undefined;
      throw error;
    }
  };

  return {
    async put(name, sealed) {
      await reached((await store()).putBlob({ name }, sealed));
    },
    async get(name) {
      return (await reached((await store()).getBlob(name))) ?? undefined;
    },
    async erase(name) {
      const from = await store();
      if (await reached(from.info(name))) await reached(from.delete(name));
    },
  };
}
