/** A start from a snapshot comes to the same as one from the whole log; in doubt the log is read. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ControlMessage, EventLog } from '../../events/log.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import { snapshotFile, type ControlSnapshot, type SnapshotStore } from '../../events/snapshots.ts';
import { actorId } from '../../events/ids.ts';
import { lampKind } from '../support/lampKind.ts';
import { lamp, lampRuntime, startLamps } from '../support/lamps.ts';
import { until } from '../support/until.ts';

let folder: string;
let store: SnapshotStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-snapshot-'));
  store = snapshotFile(join(folder, 'snapshot'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lampNamed = (name: string) => actorId(`lamp-${name}`);
const unreadable = (id: string) =>
  [`sbx.control.provider-key.${id}`, '{"type":"Unheard"}'] as const;

/** Some lamps in all their states, and a gateway that is stopped again. */
async function history(log: EventLog, snapshots: SnapshotStore | null = store) {
  const lamps = await startLamps(log, snapshots ? { snapshots } : {});
  for (const name of ['lit', 'dark', 'gone']) {
    await lamps.ask({ type: 'Add' }, lampNamed(name));
    await lamps.ask({ type: 'Name', name }, lampNamed(name));
  }
  await lamps.ask({ type: 'Darken', untilMs: Date.now() + 3_600_000 }, lampNamed('dark'));
  await lamps.ask({ type: 'Remove', secretRef: 'thing' }, lampNamed('gone'));
  await lamps.caughtUp();
  await lamps.runtime.stop();
}

type Start = Readonly<{ snapshots?: SnapshotStore; kinds?: readonly (typeof lampKind)[] }>;

/** All actors as they are after a start, and how many messages the start read. */
async function startAndLook(log: EventLog, more: Start = {}) {
  let read = 0;
  const counting: EventLog = {
    ...log,
    tailControl: (after, onMessage) =>
      log.tailControl(after, (message: ControlMessage) => {
        read += 1;
        onMessage(message);
      }),
  };
  const lamps = await startLamps(counting, more);
  const actors = [...lamps.actors.all()]
    .map(({ id, sequence, state }) => [id, sequence, state.value, state.context] as const)
    .toSorted(([one], [other]) => one.localeCompare(other));
  const { deadlines, unreadable: refusing } = lamps.runtime.stats();
  const position = lamps.runtime.position();
  await lamps.runtime.stop();
  return { read, same: { actors, deadlines, refusing, position } };
}

async function kept(): Promise<ControlSnapshot> {
  const snapshot = await store.load();
  if (!snapshot) throw new Error('there is no snapshot');
  return snapshot;
}

describe('A start from a snapshot', () => {
  test('reads nothing that is in it, and comes to the same as a full replay', async () => {
    const log = memoryLog();
    await history(log);
    const [quick, full] = [await startAndLook(log, { snapshots: store }), await startAndLook(log)];
    expect([quick.read, full.read]).toEqual([0, 9]);
    expect(quick.same).toEqual(full.same);
    expect(full.same.actors).toHaveLength(3);
  });

  test('reads what came after it', async () => {
    const log = memoryLog();
    await history(log);
    const other = await startLamps(log);
    await other.ask({ type: 'Name', name: 'later' }, lampNamed('lit'));
    await other.ask({ type: 'Add' });
    await other.runtime.stop();
    const [quick, full] = [await startAndLook(log, { snapshots: store }), await startAndLook(log)];
    expect(quick.read).toBe(2);
    expect(quick.same).toEqual(full.same);
  });

  test('knows dormant actors, and those that cannot be read', async () => {
    const log = memoryLog();
    await history(log, null);
    log.putRaw('CONTROL', ...unreadable(lampNamed('dark')));
    const lamps = await startLamps(log, { snapshots: store, idleMs: 40 });
    await until('it left memory', () => !lamps.state(lampNamed('gone')));
    await lamps.runtime.stop();
    const { actors, reread } = await kept();
    expect(actors.find(([, id]) => id === lampNamed('gone'))?.[3]).toBeNull();
    expect(reread).toEqual([['provider-key', lampNamed('dark')]]);

    const after = await startLamps(log, { snapshots: store });
    expect(after.runtime.stats()).toMatchObject({ actors: 3, unreadable: 1 });
    expect(after.state(lampNamed('dark'))?.value).toBe('dark');
    await expect(after.ask({ type: 'Name', name: 'x' }, lampNamed('dark'))).rejects.toThrow();
    await expect(after.ask({ type: 'Name', name: 'x' }, lampNamed('gone'))).rejects.toThrow(
      'removed',
    );
    await after.runtime.stop();
  });

  test('that was taken while appends were in flight misses none of them', async () => {
    const log = memoryLog();
    const before = await startLamps(log, { snapshots: store, snapshotEvery: 3 });
    await before.ask({ type: 'Add' });
    for (let round = 0; round < 30; round++) {
      await Promise.all([
        before.ask({ type: 'Name', name: `round ${round}` }),
        before.ask({ type: round === 0 ? 'Add' : 'Name', name: `${round}` }, lampNamed('other')),
      ]);
    }
    // As after a crash: the last snapshot is whatever was written in between.
    const [quick, full] = [await startAndLook(log, { snapshots: store }), await startAndLook(log)];
    expect(quick.read).toBeLessThan(full.read);
    expect(quick.same).toEqual(full.same);
    await before.runtime.stop();
  });
});

describe('A snapshot is ignored', () => {
  const expectFullRead = async (log: EventLog, more: Start = {}) => {
    const [quick, full] = [
      await startAndLook(log, { snapshots: store, ...more }),
      await startAndLook(log),
    ];
    expect(quick.read).toBe(full.read);
    expect(quick.same).toEqual(full.same);
  };

  test('when a machine has another version', async () => {
    const log = memoryLog();
    await history(log);
    await expectFullRead(log, { kinds: [{ ...lampKind, machineVersion: 2 }] });
  });

  test('when it was made from another stream', async () => {
    let nowMs = 1_000;
    await history(memoryLog({ now: () => nowMs }));
    nowMs = 2_000;
    const log = memoryLog({ now: () => nowMs });
    await history(log, null);
    await expectFullRead(log);
  });

  test('when it is ahead of the log', async () => {
    const log = memoryLog();
    await history(log);
    const snapshot = await kept();
    await store.save({ ...snapshot, sequence: 1_000 });
    await expectFullRead(log);
  });

  test('when the log was put back and went another way since', async () => {
    const now = () => 1_000;
    await history(memoryLog({ now }));
    const log = memoryLog({ now });
    const other = await startLamps(log);
    await other.ask({ type: 'Add' });
    for (let name = 0; name < 20; name++) await other.ask({ type: 'Name', name: `${name}` });
    await other.runtime.stop();
    await expectFullRead(log);
    expect((await kept()).sequence).toBe(21);
  });

  test('when a byte of it is another one, or it ends early', async () => {
    const log = memoryLog();
    await history(log);
    const path = join(folder, 'snapshot');
    const text = await Bun.file(path).text();
    for (const broken of [text.replace('"lit"', '"lid"'), text.slice(0, -10), '', 'x\n{}']) {
      await Bun.write(path, broken);
      expect(await store.load()).toBeUndefined();
      await Bun.write(path, broken);
      await expectFullRead(log);
    }
  });

  test('when its machine does not know a state of it', async () => {
    const log = memoryLog();
    await history(log);
    const snapshot = await kept();
    const actors = snapshot.actors.map(
      ([kind, id, sequence, state, trail]) =>
        [kind, id, sequence, { ...(state as object), value: 'unheard-of' }, trail] as const,
    );
    await store.save({ ...snapshot, actors });
    await expectFullRead(log);
  });
});

describe('The file of a snapshot', () => {
  test('is replaced as a whole, and leaves nothing beside it', async () => {
    const log = memoryLog();
    await history(log);
    const first = await kept();
    await store.save({ ...first, sequence: 1 });
    expect((await kept()).sequence).toBe(1);
    expect(await readdir(folder)).toEqual(['snapshot']);
  });

  test('is not written when nothing has happened, and may be impossible to write', async () => {
    const log = memoryLog();
    const empty = lampRuntime(log, { snapshots: store });
    await empty.runtime.start();
    await empty.runtime.stop();
    expect(await readdir(folder)).toEqual([]);
    const snapshots = {
      load: store.load,
      save: () => Promise.reject(new Error('the disk is full')),
    };
    const lamps = await startLamps(log, { snapshots, snapshotEvery: 1 });
    await lamps.ask({ type: 'Add' });
    await lamps.ask({ type: 'Name', name: 'x' });
    await lamps.caughtUp();
    await lamps.runtime.stop();
    expect(lamps.errors.join()).toContain('the disk is full');
    expect(lamps.state(lamp)?.context.name).toBe('x');
  });
});
