/**
 * The key of a day: what is recorded on one UTC day is sealed with it, and can be read no more once it is erased. Keys
 * lie in the vault, which seals them with ENCRYPTION_KEY and removes them from the disk.
 */
import { randomBytes } from 'node:crypto';
import type { Vault } from '../vault.ts';

export type DayKey = Readonly<{ day: string; key: Buffer }>;

export type DayKeys = Readonly<{
  /** The key of today, made where there is none. @throws {LogUnavailable} */
  ofToday(): Promise<DayKey>;
  /** Undefined when it was erased. @throws {LogUnavailable} */
  of(day: string): Promise<DayKey | undefined>;
  /** Erases the keys of all days that ended longer ago than this. @throws {LogUnavailable} */
  eraseOlder(keepMs: number): Promise<number>;
}>;

/** Of secrets in the vault that no provider key refers to. */
export const dayKeyPrefix = 'recording.';

const dayMs = 24 * 3_600_000;
/** Where a provider key has its origin. */
const purpose = 'recorded bodies';

const dayOf = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10);

export function createDayKeys(
  vault: Pick<Vault, 'put' | 'open' | 'erase' | 'list'>,
  now: () => number,
): DayKeys {
  let newest: DayKey | undefined;

  const of = async (day: string): Promise<DayKey | undefined> => {
    const text = await vault.open(dayKeyPrefix + day, purpose);
    return text === undefined ? undefined : { day, key: Buffer.from(text, 'base64') };
  };

  const make = async (day: string): Promise<DayKey> => {
    let refused: unknown;
    await vault
      .put(dayKeyPrefix + day, purpose, randomBytes(32).toString('base64'))
      .catch((error: unknown) => (refused = error));
    // Another gateway may have been first: then its key counts.
    const made = await of(day);
    if (!made) throw refused;
    return made;
  };

  return {
    of,
    async ofToday() {
      const day = dayOf(now());
      if (newest?.day === day) return newest;
      newest = (await of(day)) ?? (await make(day));
      return newest;
    },
    async eraseOlder(keepMs) {
      const oldest = dayOf(now() - keepMs - dayMs);
      const listed = await vault.list();
      const old = listed.filter(
        ({ secretRef }) =>
          secretRef.startsWith(dayKeyPrefix) && secretRef.slice(dayKeyPrefix.length) < oldest,
      );
      for (const { secretRef } of old) await vault.erase(secretRef);
      return old.length;
    },
  };
}
