/**
 * A state of the past, made by replay, is the state that was live then: for every sequence of a log of 1,000 events,
 * also after a restart from a snapshot, and without SQLite.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stateAt } from '../../actors/runtime/replay.ts';
import { createRuntime, type Runtime } from '../../actors/runtime/runtime.ts';
import type { ActorKind } from '../../events/event.ts';
import { actorId } from '../../events/ids.ts';
import { snapshotFile, type SnapshotStore } from '../../events/snapshots.ts';
import { kindNamed, kinds } from '../../server/kinds.ts';
import { presentActor, type PresentedActor } from '../../server/present/actor.ts';
import { testGateway, type TestGateway } from '../support/gateway.ts';
import { randomCommands } from '../support/randomCommands.ts';
import { until } from '../support/until.ts';

setDefaultTimeout(60_000);

const eventsInAll = 1_000;
const seed = 20_261_120;

type Recorded = Readonly<{ kind: ActorKind; id: string; sequence: number; shown: PresentedActor }>;

let gateway: TestGateway;
let folder: string;
let snapshots: SnapshotStore;
let runtime: Runtime;
/** By sequence, as it was live right after that event. */
const recorded = new Map<number, Recorded>();
const commands = randomCommands(seed, Date.now() + 365 * 86_400_000);
const errors: unknown[] = [];

/** A second gateway's runtime on the same log. What it shows is copied, so that nothing can change it later. */
async function startRuntime(): Promise<Runtime> {
  const started = createRuntime({
    log: gateway.log,
    kinds,
    gatewayId: 'gateway-test',
    now: () => Date.now(),
    effects: {
      async EraseSecret(effect) {
        const { secretRef } = effect as { type: string; secretRef: string };
        return { type: 'EraseSecretDone', secretRef } as { type: string };
      },
    },
    snapshots,
    onError: (error, about) => errors.push(about, error),
  });
  await started.start();
  for (const { kind } of kinds) {
    const definition = kindNamed(kind)!;
    const record = (id: string, sequence: number, state: Parameters<typeof presentActor>[2]) =>
      recorded.set(sequence, {
        kind,
        id,
        sequence,
        shown: structuredClone(presentActor({ kind, id: actorId(id) }, sequence, state)),
      });
    for (const { id, sequence, state } of started.of(definition).all()) record(id, sequence, state);
    started.of(definition).subscribe(({ id, sequence, state }) => record(id, sequence, state));
  }
  return started;
}

const lastSequence = async () => (await gateway.log.state('CONTROL')).lastSequence;

async function driveTo(sequence: number): Promise<void> {
  for (let asked = 0; asked < 20 * eventsInAll; asked += 1) {
    if (asked % 20 === 0 && (await lastSequence()) >= sequence) break;
    await commands.askOne(runtime);
  }
  await until('all events are recorded', async () => recorded.size >= (await lastSequence()));
}

async function get(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(gateway.url() + path);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** What was live has no time of its own. */
function withoutTime(shown: PresentedActor): PresentedActor {
  const copy = { ...shown };
  delete copy.updated_at;
  return copy;
}

async function shownAt({ kind, id, sequence }: Recorded): Promise<unknown> {
  const { body } = await get(`/api/actors/${kind}/${id}/at?sequence=${sequence}`);
  return withoutTime(body as PresentedActor);
}

/** Compares what is answered with what was live, for every (or every n-th) event from this one on. */
async function compareFrom(first: number, every = 1): Promise<number> {
  const wanted = [...recorded.values()].filter(
    ({ sequence }) => sequence >= first && sequence % every === 0,
  );
  for (let start = 0; start < wanted.length; start += 20) {
    const some = wanted.slice(start, start + 20);
    expect(await Promise.all(some.map(shownAt))).toEqual(some.map(({ shown }) => shown));
  }
  return wanted.length;
}

beforeAll(async () => {
  gateway = await testGateway();
  folder = await mkdtemp(join(tmpdir(), 'signalbox-replay-'));
  snapshots = snapshotFile(join(folder, 'snapshot'));
  runtime = await startRuntime();
  await driveTo(eventsInAll);
}, 60_000);

afterAll(async () => {
  await runtime.stop();
  await gateway.stop();
  await rm(folder, { recursive: true, force: true });
});

test('the state at every sequence is the one that was live after it', async () => {
  const last = await lastSequence();
  expect(last).toBeGreaterThanOrEqual(eventsInAll);
  expect([...recorded.keys()].sort((a, b) => a - b)).toEqual(
    Array.from({ length: last }, (_, index) => index + 1),
  );
  expect(new Set([...recorded.values()].map(({ shown }) => shown.status)).size).toBeGreaterThan(6);
  expect(await compareFrom(1)).toBe(last);
  expect(errors).toEqual([]);
});

test('a whole kind at a moment is what all of its actors were then', async () => {
  const all = [...recorded.values()].sort((a, b) => a.sequence - b.sequence);
  for (let sequence = 50; sequence <= eventsInAll; sequence += 190) {
    for (const { kind } of kinds) {
      const newest = new Map<string, PresentedActor>();
      for (const one of all) {
        if (one.kind === kind && one.sequence <= sequence) newest.set(one.id, one.shown);
      }
      const { body } = await get(`/api/actors/${kind}/at?sequence=${sequence}`);
      const shown = (body['data'] as PresentedActor[]).map(withoutTime);
      expect(shown).toEqual([...newest.values()].sort((a, b) => (a.id < b.id ? -1 : 1)));
    }
  }
});

test('a state between two events of an actor is the one after the earlier', async () => {
  const ofKey = [...recorded.values()]
    .filter(({ kind, id }) => kind === 'provider-key' && id === 'k-1')
    .sort((a, b) => a.sequence - b.sequence);
  for (const [index, one] of ofKey.entries()) {
    const next = ofKey[index + 1];
    if (!next || next.sequence === one.sequence + 1) continue;
    expect(await shownAt({ ...one, sequence: next.sequence - 1 })).toEqual(one.shown);
  }
  const before = await get(`/api/actors/provider-key/k-1/at?sequence=${ofKey[0]!.sequence - 1}`);
  expect(before).toMatchObject({ status: 404, body: { code: 'NOT_YET' } });
});

test('the gateway, which followed the tail only, shows the same now', async () => {
  const newest = new Map<string, Recorded>();
  for (const one of recorded.values()) {
    const key = `${one.kind}/${one.id}`;
    if (one.sequence > (newest.get(key)?.sequence ?? 0)) newest.set(key, one);
  }
  for (const [path, { shown }] of newest) {
    const { body } = await get(`/api/actors/${path}`);
    expect(body).toEqual({ ...shown, updated_at: expect.any(String) });
  }
});

test('after a restart from a snapshot the states go on as the log says', async () => {
  const before = await lastSequence();
  await runtime.stop();
  expect(await snapshots.load()).toMatchObject({ sequence: before });
  const remembered = new Map(recorded);
  recorded.clear();
  runtime = await startRuntime();
  // What was restored is what was live when the snapshot was written.
  for (const [sequence, one] of recorded) {
    if (sequence <= before) expect(one).toEqual(remembered.get(sequence)!);
  }
  for (const [sequence, one] of remembered) recorded.set(sequence, one);
  await gateway.restart();
  await driveTo(before + 100);
  expect(await compareFrom(before + 1)).toBeGreaterThanOrEqual(100);
});

test('without SQLite the past is the same', async () => {
  await gateway.projected();
  for (const suffix of ['', '-wal', '-shm']) {
    await rm(`${gateway.databasePath}${suffix}`, { force: true });
  }
  expect(await compareFrom(1, 10)).toBeGreaterThanOrEqual(100);
  for (const { kind, id, sequence, shown } of [...recorded.values()].slice(-100)) {
    const actor = { kind, id: actorId(id) };
    const past = await stateAt(gateway.log, kindNamed(kind)!, actor, { sequence });
    expect(past && presentActor(actor, past.sequence, past.state)).toEqual(shown);
  }
});
