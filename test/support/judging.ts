/** A gateway's key ring under a fake clock: attempts are judged, and the log hears of it. */
import { jest } from 'bun:test';
import type { Verdict } from '../../actors/providerKey/evidence.ts';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import type { ActorId } from '../../events/ids.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import { startCore } from './core.ts';
import { memoryVault } from './memoryVault.ts';

const now = () => Date.now();
export const pass = (ms: number) => jest.advanceTimersByTime(ms);

/** Lets all go on that does not wait for a time. */
export const flush = async () => {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve();
};

export const verdict = (more: Partial<Verdict> = {}): Verdict => ({
  class: 'rate_limit',
  scope: 'key',
  longest: 'hour',
  retry: 'other-key',
  ruleId: 'rate-limit.no-hint',
  reason: '429: slow down',
  ...more,
});
export const refused = verdict({
  class: 'credential',
  ruleId: 'credential.refused',
  reason: '401',
});

/** Starts with one provider, `openai`. The clock is the tests' own until `stop`. */
export async function startJudging() {
  jest.useFakeTimers();
  const log = memoryLog({ now });
  const core = await startCore({ log, vault: memoryVault(now), now });
  await core.addProvider();
  const pool = core.pools.of('openai');

  return {
    log,
    core,
    pool,
    /** An attempt that began at `startedAtMs`, or 5 ms ago, is judged now. */
    judge(id: ActorId, word: Verdict, { model = 'm', startedAtMs = now() - 5 } = {}) {
      const key = pool.get(id);
      if (!key) throw new Error(`${id} is not in its pool`);
      const cause = core.runtime.ownCause();
      core.verdicts.apply({ provider: 'openai', key, model, startedAtMs, cause }, word);
    },
    /** Resolves when the log has heard of all that was judged. */
    told: () => core.verdicts.idle(),
    /** The log answers again, and what waits for it is tried once more. */
    async logIsBack() {
      await flush();
      log.setAway(false);
      pass(500);
      await core.verdicts.idle();
    },
    state(id: ActorId) {
      const found = core.runtime.of(providerKeyKind).get(id);
      if (!found) throw new Error(`${id} is not in memory`);
      return found.state;
    },
    canBeTaken: (id: ActorId, model = 'm') => pool.takeThis(id, model) !== undefined,
    async stop() {
      await core.stop();
      jest.useRealTimers();
    },
  };
}
