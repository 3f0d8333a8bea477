/** Twelve writers in two processes, and one key: of every race the log shows one winner. */
import { join } from 'node:path';
import type { StoredEvent } from '../../events/event.ts';
import { spread, type Finding } from './finding.ts';
import type { Race, Raced, RacerJob } from './racer.ts';

const writersEach = 6;
const readyWithinMs = 20_000;
const raceWithinMs = 20_000;
const commands = ['add', 'disable', 'enable'] as const;
/** What the log holds of a key after all three races for it. */
const story = 'ProviderKeyAdded ProviderKeyDisabled ProviderKeyEnabled';

const keyIn = (round: number): string => `race-${Math.floor(round / commands.length)}`;

type Racer = Readonly<{ race: (race: Race) => Promise<Raced>; stop: () => Promise<void> }>;

async function startRacer(job: RacerJob): Promise<Racer> {
  let answer = Promise.withResolvers<unknown>();
  const within = async (ms: number) => {
    const limit = setTimeout(
      () => answer.reject(new Error(`${job.name} did not answer in time`)),
      ms,
    );
    return answer.promise.finally(() => clearTimeout(limit));
  };
  const child = Bun.spawn(
    [process.execPath, join(import.meta.dir, 'racer.ts'), JSON.stringify(job)],
    { stdio: ['ignore', 'inherit', 'inherit'], ipc: (message: unknown) => answer.resolve(message) },
  );
  await within(readyWithinMs);
  return {
    async race(asked) {
      answer = Promise.withResolvers();
      child.send(asked);
      return (await within(raceWithinMs)) as Raced;
    },
    async stop() {
      child.kill();
      await child.exited;
    },
  };
}

export async function raceWriters(
  servers: string,
  rounds: number,
  events: () => Promise<readonly StoredEvent[]>,
): Promise<Finding[]> {
  const racers: Racer[] = [];
  try {
    for (const name of ['one', 'other'])
      racers.push(await startRacer({ servers, name, writers: writersEach }));
    const timesMs: number[] = [];
    const errors: string[] = [];
    let withOneWinner = 0;
    for (let round = 0; round < rounds; round++) {
      const command = commands[round % commands.length] ?? 'add';
      const startMs = performance.now();
      const raced = await Promise.all(
        racers.map((racer) => racer.race({ keyId: keyIn(round), command })),
      );
      timesMs.push(performance.now() - startMs);
      if (raced.reduce((sum, { won }) => sum + won, 0) === 1) withOneWinner += 1;
      errors.push(...raced.flatMap((one) => one.errors));
    }
    const stories = new Map<string, string[]>();
    for (const { actor, type } of await events()) {
      if (!actor.id.startsWith('race-')) continue;
      stories.set(actor.id, [...(stories.get(actor.id) ?? []), type]);
    }
    const whole = [...stories.values()].filter((types) => types.join(' ') === story).length;
    const keys = Math.floor(rounds / commands.length);
    return [
      {
        what: `of ${writersEach * 2} writers in two processes exactly one wins`,
        found: `${withOneWinner} of ${rounds} races; ${errors.length} errors ${errors[0] ?? ''}; a race took ${spread(timesMs)}`,
        isKept: withOneWinner === rounds && errors.length === 0,
      },
      {
        what: 'the log holds the winners and nobody else',
        found: `${whole} of ${keys} keys were added, disabled and enabled once each`,
        isKept: whole === keys && stories.size === keys,
      },
    ];
  } finally {
    await Promise.all(racers.map((racer) => racer.stop()));
  }
}
