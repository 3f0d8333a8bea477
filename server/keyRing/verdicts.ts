/** What traffic says about a key takes effect at once in the pool; the actor moves when the log accepts it. */
import type { ProviderKeyCommand } from '../../actors/providerKey/commands.ts';
import { consequenceOf } from '../../actors/providerKey/consequence.ts';
import type { Verdict } from '../../actors/providerKey/evidence.ts';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import { rateLimitWindow } from '../../actors/providerKey/rateLimitWindow.ts';
import { providerKind } from '../../actors/provider/provider.ts';
import { Refusal } from '../../actors/runtime/refusal.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { Cause } from '../../events/event.ts';
import { actorId, type ActorId } from '../../events/ids.ts';
import { createOutbox } from './outbox.ts';
import type { Taken } from './pool.ts';
import { wholeKey, type PoolKey, type Scope } from './poolKey.ts';
import type { Pools } from './pools.ts';

export type Verdicts = Readonly<{
  /** Acts on the judge's word about an attempt with this key. `startedAtMs` is when the attempt began (epoch). */
  apply(about: About, verdict: Verdict): void;
  /** Ends a take; a success of a probe is told to the key's actor. */
  settle(provider: string, taken: Taken, succeeded: boolean, cause: Cause): void;
  /** True while something about this key waits for the log. */
  isPending(keyId: ActorId): boolean;
  /** How many keys and providers something waits about. */
  pending(): number;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
  stop(): void;
}>;

export type About = Readonly<{
  provider: string;
  key: PoolKey;
  model: string;
  startedAtMs: number;
  cause: Cause;
}>;

type Options = Readonly<{
  runtime: Runtime;
  pools: Pools;
  now: () => number;
  onError: (error: unknown, about: string) => void;
}>;

/** Long enough for the log to say that a key is disabled; until then it is not used here. */
const untilDisabledMs = 60_000;
/** A rest is not told again for less than this. */
const worthTellingMs = 1_000;

/** Null also for what is gone meanwhile: a request may outlive its key. */
function unlessRefused<Event>(preview: () => Event | null | undefined): Event | null {
  try {
    return preview() ?? null;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** Where a request names no model, its key is all there is to rest. */
const scopeOf = ({ scope }: Verdict, model: string): Scope =>
  scope === 'model' ? model : wholeKey;

export function createVerdicts({ runtime, pools, now, onError }: Options): Verdicts {
  const keys = runtime.of(providerKeyKind);
  const providers = runtime.of(providerKind);
  const windows = new Map<string, ReturnType<typeof rateLimitWindow>>();
  const outbox = createOutbox(onError);

  const restProvider = (provider: string, verdict: Verdict, cause: Cause) => {
    const id = actorId(provider);
    const { hintMs = null, ruleId, reason } = verdict;
    const command = { type: 'RestProvider', nowMs: now(), hintMs, ruleId, reason } as const;
    const event = unlessRefused(() => providers.preview(id, command));
    const pool = pools.of(provider);
    if (event?.type !== 'ProviderRested') return;
    if (event.data.untilMs - pool.restsUntilMs() < worthTellingMs) return;
    pool.restAll(event.data.untilMs);
    outbox.put(`provider ${id}`, 'rest', () => providers.ask(id, command, cause));
  };

  /** True when this 429 is one of so many that the limit must be the provider's own. */
  const isProviderWide = (provider: string, keyId: ActorId): boolean => {
    const window = windows.get(provider) ?? rateLimitWindow();
    windows.set(provider, window);
    window.note(keyId, now());
    return window.isProviderWide(pools.of(provider).size(), now());
  };

  /** Requests that were under way when the key was rested or suspected saw the same limit, not another one. */
  const isOldNews = ({ key, startedAtMs }: About, scope: Scope, verdict: Verdict): boolean => {
    if (verdict.class === 'credential') return startedAtMs <= key.suspectedAtMs;
    return (
      verdict.hintMs === undefined && startedAtMs <= (key.provisional.get(scope)?.sinceMs ?? 0)
    );
  };

  /** What the command would lead to by now, when others may have been disabled meanwhile; holds here at once. */
  const foresee = (provider: string, id: ActorId, command: ProviderKeyCommand) => {
    const pool = pools.of(provider);
    const asOfNow =
      command.type === 'SuspectProviderKey'
        ? { ...command, isLastUsable: pool.isLastUsable(id) }
        : command;
    const event = unlessRefused(() => keys.preview(id, asOfNow));
    if (event?.type === 'ProviderKeyDisabled') pool.condemn(id, now() + untilDisabledMs);
    return { command: asOfNow, event };
  };

  const tell = ({ provider, key, cause }: About, matter: string, command: ProviderKeyCommand) =>
    outbox.put(key.id, matter, () =>
      keys.ask(key.id, foresee(provider, key.id, command).command, cause),
    );

  return {
    apply(about, verdict) {
      const { provider, key, model, cause } = about;
      // Said of the provider itself: of its address here, or by an operator's rule.
      if (verdict.scope === 'provider' && verdict.class === 'rate_limit') {
        restProvider(provider, verdict, cause);
        return;
      }
      const judged = consequenceOf(verdict, { nowMs: now(), model, isLastUsable: false });
      if (!judged) return;
      const scope = scopeOf(verdict, model);
      if (isOldNews(about, scope, verdict)) return;
      const isRateLimit = verdict.class === 'rate_limit' && scope === wholeKey;
      if (isRateLimit && isProviderWide(provider, key.id)) {
        restProvider(provider, verdict, cause);
        return;
      }
      const { command, event } = foresee(provider, key.id, judged);
      if (event?.type === 'ProviderKeyRested' || event?.type === 'ProviderKeyModelRested') {
        const { untilMs, guessed } = event.data;
        const seen = key.provisional.get(scope);
        // The log does not know yet what is known here: another refusal says it once more.
        if (seen && untilMs - seen.untilMs < worthTellingMs) return;
        pools.of(provider).rest(key.id, scope, { untilMs, guessed });
        tell(about, `rest ${scope}`, command);
      }
      if (event?.type === 'ProviderKeySuspected' || event?.type === 'ProviderKeyDisabled') {
        key.suspectedAtMs = now();
        tell(about, 'credential', command);
      }
    },
    settle(provider, taken, succeeded, cause) {
      const { key, probes } = taken;
      if (!pools.of(provider).settle(taken, succeeded) || probes === undefined) return;
      const model = probes === wholeKey ? {} : { model: probes };
      const nowMs = now();
      const command = { type: 'RecoverProviderKey', nowMs, cause: 'probe', ...model } as const;
      outbox.put(key.id, `rest ${probes}`, () => keys.ask(key.id, command, cause));
    },
    isPending: (keyId) => outbox.has(keyId),
    pending: outbox.size,
    idle: outbox.idle,
    stop: outbox.stop,
  };
}
