/** Several gateways on one log: what one learns all know, and of racing writers one wins. */
import type { Finding } from './finding.ts';
import { startOutsideNats } from './outside.ts';
import { controlEvents, withLogOf } from './recorded.ts';
import { sharedRests } from './sharedRests.ts';
import { raceWriters } from './writers.ts';

export type RacesOptions = Readonly<{ rests: number; rounds: number }>;

export async function racesSection({ rests, rounds }: RacesOptions): Promise<Finding[]> {
  const nats = await startOutsideNats();
  try {
    const rested = await sharedRests(nats, rests);
    const events = () => withLogOf('', controlEvents, nats.access);
    return [rested, ...(await raceWriters(nats.env['NATS_URL'] ?? '', rounds, events))];
  } finally {
    await nats.server.stop();
  }
}
