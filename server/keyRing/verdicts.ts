/**
 * What traffic says about a key takes effect at once in the pool; the actor moves when the log accepts it.
 * What the log has not accepted waits here: one command per key and scope, so it is bounded by keys, not traffic.
 */
import type { ProviderKeyCommand } from '../../actors/providerKey/commands.ts';
import type { Verdict } from '../../actors/providerKey/evidence.ts';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import { rateLimitWindow } from '../../actors/providerKey/rateLimitWindow.ts';
import { providerKind } from '../../actors/provider/provider.ts';
import { Refusal } from '../../actors/runtime/refusal.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { Cause } from '../../events/event.ts';
import { actorId, type ActorId } from '../../events/ids.ts';
import { wholeKey, type PoolKey, type Scope, type Taken } from './pool.ts';
import type { Pools } from './pools.ts';

export type Verdicts = Readonly<{
  /** Acts on the judge's word about an attempt with this key. `startedAtMs` is when the attempt began (epoch). */
  apply(about: About, verdict: Verdict): void;
  /** Ends a take; a success of a probe is told to the key's actor. */
  settle(provider: string, taken: Taken, succeeded: boolean, cause: Cause): void;
  /** True while something about this key waits for the log. */
  isPending(keyId: ActorId): boolean;
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

type Waiting = { command: ProviderKeyCommand; cause: Cause; readonly done: Promise<void> };

type Options = Readonly<{
  runtime: Runtime;
  pools: Pools;
  now: () => number;
  onError: (error: unknown, about: string) => void;
}>;

const retryMs = 500;
/** Long enough for the log to say that a key is disabled; until then it is not used here. */
const untilDisabledMs = 60_000;

export function createVerdicts({ runtime, pools, now, onError }: Options): Verdicts {
  const keys = runtime.of(providerKeyKind);
  const providers = runtime.of(providerKind);
  const windows = new Map<string, ReturnType<typeof rateLimitWindow>>();
  const waiting = new Map<ActorId, Map<Scope, Waiting>>();
  const suspectedAtMs = new Map<ActorId, number>();
  let isStopped = false;

  const tell = (id: ActorId, scope: Scope, command: ProviderKeyCommand, cause: Cause) => {
    const ofKey = waiting.get(id) ?? new Map<Scope, Waiting>();
    waiting.set(id, ofKey);
    const existing = ofKey.get(scope);
    if (existing) {
      Object.assign(existing, { command, cause });
      return;
    }
    const entry: Waiting = { command, cause, done: Promise.resolve() };
    ofKey.set(scope, entry);
    Object.assign(entry, { done: deliver(id, scope, entry) });
  };

  const deliver = async (id: ActorId, scope: Scope, entry: Waiting) => {
    for (let sent; sent !== entry.command && !isStopped;) {
      const { command, cause } = entry;
      try {
        await keys.ask(id, command, cause);
        sent = command;
      } catch (error) {
        onError(error, `${command.type} for provider-key ${id}`);
        if (error instanceof Refusal && error.code !== 'TOO_BUSY') break;
        await Bun.sleep(retryMs);
      }
    }
    waiting.get(id)?.delete(scope);
    if (waiting.get(id)?.size === 0) waiting.delete(id);
  };

  const restProvider = (provider: string, verdict: Verdict, cause: Cause) => {
    const id = actorId(provider);
    const { hintMs = null, ruleId, reason } = verdict;
    const command = { type: 'RestProvider', nowMs: now(), hintMs, ruleId, reason } as const;
    const event = providers.preview(id, command);
    if (event?.type === 'ProviderRested') pools.of(provider).restAll(event.data.untilMs);
    providers
      .ask(id, command, cause)
      .catch((error: unknown) => onError(error, `resting provider ${provider}`));
  };

  /** True when this 429 is one of so many that the limit must be the provider's own. */
  const isProviderWide = (provider: string, keyId: ActorId): boolean => {
    const window = windows.get(provider) ?? rateLimitWindow();
    windows.set(provider, window);
    window.note(keyId, now());
    return window.isProviderWide(pools.of(provider).size(), now());
  };

  const commandFor = ({ provider, key, model }: About, verdict: Verdict): ProviderKeyCommand => {
    const { ruleId, reason, hintMs = null, longest } = verdict;
    if (verdict.class === 'credential') {
      const isLastUsable = pools.of(provider).size() <= 1;
      return { type: 'SuspectProviderKey', nowMs: now(), ruleId, reason, isLastUsable };
    }
    const rest = {
      type: 'RestProviderKey',
      nowMs: now(),
      hintMs,
      longest,
      ruleId,
      reason,
    } as const;
    return verdict.scope === 'model' && key.id ? { ...rest, model } : rest;
  };

  /** Requests that were under way when the key was rested or suspected saw the same limit, not another one. */
  const isOldNews = ({ key, startedAtMs }: About, scope: Scope, verdict: Verdict): boolean => {
    if (verdict.class === 'credential') return startedAtMs <= (suspectedAtMs.get(key.id) ?? 0);
    return (
      verdict.hintMs === undefined && startedAtMs <= (key.provisional.get(scope)?.sinceMs ?? 0)
    );
  };

  return {
    apply(about, verdict) {
      if (verdict.scope !== 'key' && verdict.scope !== 'model') return;
      const { provider, key, model, cause } = about;
      const scope = verdict.scope === 'model' ? model : wholeKey;
      if (isOldNews(about, scope, verdict)) return;
      if (
        verdict.class === 'rate_limit' &&
        scope === wholeKey &&
        isProviderWide(provider, key.id)
      ) {
        restProvider(provider, verdict, cause);
        return;
      }
      const command = commandFor(about, verdict);
      const event = keys.preview(key.id, command);
      if (!event) return;
      const pool = pools.of(provider);
      if (event.type === 'ProviderKeyRested' || event.type === 'ProviderKeyModelRested') {
        pool.rest(key.id, scope, { untilMs: event.data.untilMs, guessed: event.data.guessed });
      }
      if (event.type === 'ProviderKeyDisabled') {
        pool.rest(key.id, wholeKey, { untilMs: now() + untilDisabledMs, guessed: false });
      }
      if (event.type === 'ProviderKeySuspected') suspectedAtMs.set(key.id, now());
      tell(key.id, scope, command, cause);
    },
    settle(provider, taken, succeeded, cause) {
      if (!pools.of(provider).settle(taken, succeeded)) return;
      const model = taken.probes === wholeKey ? {} : { model: taken.probes ?? '' };
      tell(
        taken.key.id,
        taken.probes ?? wholeKey,
        { type: 'RecoverProviderKey', nowMs: now(), cause: 'probe', ...model },
        cause,
      );
    },
    isPending: (keyId) => waiting.has(keyId),
    pending: () => waiting.size,
    async idle() {
      while (waiting.size > 0 && !isStopped) {
        await Promise.all(
          [...waiting.values()].flatMap((of) => [...of.values()].map(({ done }) => done)),
        );
      }
    },
    stop() {
      isStopped = true;
    },
  };
}
