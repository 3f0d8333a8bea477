/** The streams as they must be: made when absent, left alone when right, refused when they promise less. */
import type { NatsConnection } from '@nats-io/transport-node';
import {
  DiscardPolicy,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  StoreCompression,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import {
  maxControlMessageBytes,
  maxConversationMessageBytes,
  maxTrafficMessageBytes,
} from './message.ts';
import {
  controlSubjects,
  conversationSubjects,
  trafficSubjects,
  type StreamName,
} from './subjects.ts';

const mib = 1024 * 1024;
const nanosPerSecond = 1e9;

/** What the log may take on disk when nobody says otherwise. */
const defaultFileStoreBytes = 4 * 1024 * mib;
const smallestFileStoreBytes = 64 * mib;

type Wish = Partial<StreamConfig> & Pick<StreamConfig, 'name' | 'subjects'>;

const ledger = {
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.New,
  compression: StoreCompression.S2,
  max_age: 0,
  max_msgs: -1,
  max_msgs_per_subject: -1,
  deny_delete: true,
  deny_purge: true,
  allow_rollup_hdrs: false,
  allow_direct: true,
  allow_atomic: true,
  num_replicas: 1,
  duplicate_window: 600 * nanosPerSecond,
} satisfies Partial<StreamConfig>;

/**
 * All streams, sized from the one number that the server was given as `max_file_store`: an eighth for CONTROL, a
 * quarter each for CONVERSATIONS and TRAFFIC; the server reserves each in full, the rest is for what lies beside.
 */
const streamsWithin = (maxFileStoreBytes: number): readonly Wish[] => [
  {
    ...ledger,
    name: 'CONTROL' satisfies StreamName,
    subjects: [controlSubjects],
    max_bytes: Math.floor(maxFileStoreBytes / 8),
    max_msg_size: maxControlMessageBytes,
  },
  {
    ...ledger,
    name: 'CONVERSATIONS' satisfies StreamName,
    subjects: [conversationSubjects],
    max_bytes: Math.floor(maxFileStoreBytes / 4),
    max_msg_size: maxConversationMessageBytes,
  },
  {
    ...ledger,
    name: 'TRAFFIC' satisfies StreamName,
    subjects: [trafficSubjects],
    // Traffic is kept by age and size; with "new" it would be refused for ever once the stream is full.
    discard: DiscardPolicy.Old,
    max_age: 30 * 24 * 3600 * nanosPerSecond,
    max_bytes: Math.floor(maxFileStoreBytes / 4),
    max_msg_size: maxTrafficMessageBytes,
  },
];

/** A stream exists with settings that promise less than Signalbox does. */
export class StreamMismatch extends Error {
  override readonly name = 'StreamMismatch';
  readonly stream: string;
  readonly field: string;
  readonly wanted: unknown;
  readonly found: unknown;
  constructor(stream: string, field: string, wanted: unknown, found: unknown) {
    super(
      `stream ${stream} has ${field} ${JSON.stringify(found)}, Signalbox needs ${JSON.stringify(wanted)}: ` +
        'correct it with the nats tool, or use a NATS account in which Signalbox makes its own streams',
    );
    this.stream = stream;
    this.field = field;
    this.wanted = wanted;
    this.found = found;
  }
}

/** Fields that must be just as wished; a promise of the ledger hangs on each. */
const exact = [
  'subjects',
  'storage',
  'retention',
  'discard',
  'max_msgs',
  'max_msgs_per_subject',
  'deny_delete',
  'deny_purge',
  'allow_rollup_hdrs',
  'allow_direct',
] as const;

/** Fields that Signalbox never sets, with what stands for "not set": each would lose, change or not confirm a message. */
const unset = {
  no_ack: [false],
  allow_msg_ttl: [false],
  discard_new_per_subject: [false],
  sealed: [false],
  persist_mode: ['default', ''],
  mirror: [null],
  sources: [null],
  subject_transform: [null],
} as const satisfies Partial<Record<keyof StreamConfig, readonly unknown[]>>;

/** @throws {StreamMismatch} naming the first field in which the stream promises less than wished. */
function checkStream(wish: Wish, found: StreamConfig): void {
  const refuse = (field: keyof StreamConfig) => {
    throw new StreamMismatch(wish.name, field, wish[field] ?? 'nothing', found[field] ?? 'nothing');
  };
  for (const field of exact) {
    if (JSON.stringify(found[field]) !== JSON.stringify(wish[field])) refuse(field);
  }
  for (const [field, nothing] of Object.entries(unset)) {
    const key = field as keyof typeof unset;
    const value = found[key];
    if (value !== undefined && !nothing.some((allowed) => allowed === value)) refuse(key);
  }
  // Age and size of TRAFFIC are the operator's to choose; the others are kept for ever.
  if (wish.max_age === 0 && found.max_age !== 0) refuse('max_age');
  if (!(found.num_replicas >= 1)) refuse('num_replicas');
  if (found.duplicate_window < (wish.duplicate_window ?? 0)) refuse('duplicate_window');
  if (found.max_msg_size !== -1 && found.max_msg_size < (wish.max_msg_size ?? 0)) {
    refuse('max_msg_size');
  }
}

const streamNotFound = 10059;
const nameInUse = 10058;
const codeOf = (error: unknown): number | undefined =>
  error instanceof JetStreamApiError ? error.code : undefined;

async function ensureStream(manager: JetStreamManager, wish: Wish): Promise<void> {
  const found = await manager.streams.info(wish.name).catch((error: unknown) => {
    if (codeOf(error) === streamNotFound) return undefined;
    throw error;
  });
  if (found) return checkStream(wish, found.config);
  const made = await manager.streams.add(wish).catch((error: unknown) => {
    // Another gateway was first.
    if (codeOf(error) === nameInUse) return manager.streams.info(wish.name);
    throw error;
  });
  // An old server ignores what it does not know, so what it says it made is compared too.
  checkStream(wish, made.config);
}

/**
 * Makes the streams that are absent and checks those that are there.
 * @throws {StreamMismatch} when a stream promises less than Signalbox does.
 */
export async function ensureStreams(
  nc: NatsConnection,
  options: { maxFileStoreBytes?: number } = {},
): Promise<void> {
  const { maxFileStoreBytes = defaultFileStoreBytes } = options;
  if (maxFileStoreBytes < smallestFileStoreBytes) {
    throw new RangeError(
      `the log needs at least ${smallestFileStoreBytes / mib} MiB on disk, it was given ${Math.floor(maxFileStoreBytes / mib)} MiB`,
    );
  }
  const manager = await jetstreamManager(nc, { checkAPI: false });
  for (const wish of streamsWithin(maxFileStoreBytes)) await ensureStream(manager, wish);
}
