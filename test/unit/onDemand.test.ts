/** Actors that are in memory only while somebody asks for them. */
import { afterEach, expect, test } from 'bun:test';
import { conversationKind } from '../../actors/conversation/conversation.ts';
import { createOnDemand } from '../../actors/runtime/onDemand.ts';
import { Refusal } from '../../actors/runtime/refusal.ts';
import { actorId, type ActorId } from '../../events/ids.ts';
import { LogUnavailable } from '../../events/log.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import { sampleCause } from '../support/sampleEvents.ts';
import { until } from '../support/until.ts';

let stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.map((stop) => stop()));
  stops = [];
});

const log = memoryLog();
const begin = {
  type: 'StartConversation',
  owner: 'ann',
  startedAtMs: 1,
  keyRef: 'key',
  title: null,
  systemPrompt: null,
  model: null,
  maxTokens: null,
  temperature: null,
} as const;
let made = 0;
const freshId = (): ActorId => actorId(`conversation-${++made}`);
const archive = { type: 'ArchiveConversation' } as const;
const unarchive = { type: 'UnarchiveConversation' } as const;

function gateway(more: { idleMs?: number; most?: number } = {}) {
  const errors: unknown[] = [];
  const actors = createOnDemand(conversationKind, {
    log,
    now: () => performance.now(),
    onError: (error) => errors.push(error),
    ...more,
  });
  stops.push(actors.stop);
  return actors;
}

test('an actor is loaded when it is asked for, with all that the log holds of it', async () => {
  const id = freshId();
  await gateway().ask(id, begin, sampleCause());
  const other = gateway();
  expect(other.loaded()).toBe(0);
  expect((await other.open(id))?.state.value).toBe('idle');
  await gateway().ask(id, archive, sampleCause());
  expect((await other.open(id))?.state.value).toBe('archived');
});

test('what memory would refuse is decided on what the log holds', async () => {
  const id = freshId();
  const [one, other] = [gateway(), gateway()];
  await one.ask(id, begin, sampleCause());
  await other.ask(id, archive, sampleCause());
  // Here it is idle still, and there would be nothing to take back.
  const answer = await one.ask(id, unarchive, sampleCause());
  expect(answer.fact?.type).toBe('ConversationUnarchived');
  // There it is archived still: what changes is appended where the log really is.
  expect((await other.ask(id, archive, sampleCause())).fact?.type).toBe('ConversationArchived');
});

test('a name that is no actor’s leaves nothing in memory', async () => {
  const actors = gateway();
  expect(await actors.open(freshId())).toBeUndefined();
  await expect(actors.ask(freshId(), archive, sampleCause())).rejects.toBeInstanceOf(Refusal);
  expect(actors.loaded()).toBe(0);
});

test('an actor that nobody asks for leaves memory', async () => {
  const actors = gateway({ idleMs: 20 });
  const id = freshId();
  await actors.ask(id, begin, sampleCause());
  expect(actors.loaded()).toBe(1);
  await until('it is unloaded', () => actors.loaded() === 0);
  expect((await actors.open(id))?.state.value).toBe('idle');
});

test('of too many in memory those leave first that nobody has asked for lately', async () => {
  const actors = gateway({ most: 10 });
  const ids = Array.from({ length: 40 }, freshId);
  for (const id of ids) await actors.ask(id, begin, sampleCause());
  expect(actors.loaded()).toBeLessThanOrEqual(11);
  expect((await actors.open(ids[0]!))?.state.value).toBe('idle');
});

test('while the log is away nothing is decided and nothing is shown', async () => {
  const actors = gateway();
  const id = freshId();
  await actors.ask(id, begin, sampleCause());
  log.setAway(true);
  await expect(actors.ask(id, archive, sampleCause())).rejects.toBeInstanceOf(LogUnavailable);
  await expect(actors.open(id)).rejects.toBeInstanceOf(LogUnavailable);
  log.setAway(false);
  expect((await actors.ask(id, archive, sampleCause())).fact?.type).toBe('ConversationArchived');
});

test('an actor with an event that cannot be read refuses to be opened', async () => {
  const actors = gateway();
  const id = freshId();
  await actors.ask(id, begin, sampleCause());
  log.putRaw('CONVERSATIONS', `sbx.conversation.${id}`, 'no event');
  await expect(gateway().open(id)).rejects.toMatchObject({ code: 'UNREADABLE' });
});
