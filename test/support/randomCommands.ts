/** Commands to every kind of actor, at random from a seed: the same seed gives the same commands. */
import { breakerKind } from '../../actors/breaker/breaker.ts';
import type { BreakerCommand } from '../../actors/breaker/commands.ts';
import type { ClientKeyCommand } from '../../actors/clientKey/commands.ts';
import { clientKeyKind } from '../../actors/clientKey/clientKey.ts';
import type { OperatorCommand } from '../../actors/operator/commands.ts';
import { operatorKind } from '../../actors/operator/operator.ts';
import type { ProviderCommand } from '../../actors/provider/commands.ts';
import { providerKind } from '../../actors/provider/provider.ts';
import type { ProviderKeyCommand } from '../../actors/providerKey/commands.ts';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import type { SettingCommand } from '../../actors/setting/commands.ts';
import { settingKind } from '../../actors/setting/setting.ts';
import { Refusal } from '../../actors/runtime/refusal.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import { actorId } from '../../events/ids.ts';

/** mulberry32: numbers from 0 to below 1. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * `startMs` is the clock of the first command; it runs on by up to a minute with each. Far in the future no deadline
 * rings by itself.
 */
export function randomCommands(seed: number, startMs: number) {
  const random = randomFrom(seed);
  let nowMs = startMs;
  let made = 0;
  const pick = <Item>(items: readonly Item[]): Item =>
    items[Math.floor(random() * items.length)] as Item;
  const upTo = (most: number) => Math.floor(random() * most);
  const rare = () => random() < 0.15;
  const source = () => pick(['environment', 'file', 'api'] as const);
  const model = () => pick(['gpt-5', 'Llama-3.1', 'constructor', 'gpt4Turbo']);
  const secret = () => ({
    secretRef: `ref-${(made += 1)}`,
    fingerprint: `f${made}`,
    masked: `sk-…${made}`,
    origin: 'https://api.example.com',
  });

  const toProviderKey = (): ProviderKeyCommand => {
    const about = { ruleId: pick(['rate-limit', 'quota']), reason: `because ${upTo(5)}` };
    const ofModel = random() < 0.5 ? { model: model() } : {};
    return pick<() => ProviderKeyCommand>([
      () => ({
        type: 'AddProviderKey',
        provider: 'p-1',
        name: `key ${made}`,
        ...secret(),
        weight: 1 + upTo(5),
        source: source(),
        createdAtMs: nowMs,
      }),
      () => ({
        type: 'RestProviderKey',
        nowMs,
        hintMs: pick([null, 1_000, 60_000, 3_600_000]),
        longest: pick(['hour', 'day'] as const),
        byOperator: rare(),
        ...about,
        ...ofModel,
      }),
      () => ({
        type: 'RecoverProviderKey',
        nowMs,
        cause: pick(['probe', 'operator'] as const),
        ...ofModel,
      }),
      () => ({ type: 'WakeProviderKey', nowMs }),
      () => ({ type: 'SuspectProviderKey', nowMs, isLastUsable: rare(), ...about }),
      () => ({
        type: 'DisableProviderKey',
        cause: pick(['operator', 'origin_changed'] as const),
        reason: 'a wish',
      }),
      () => ({ type: 'EnableProviderKey', cause: pick(['operator', 'probe'] as const) }),
      () => ({ type: 'RenameProviderKey', name: `name ${upTo(20)}` }),
      () => ({ type: 'ReweighProviderKey', weight: 1 + upTo(5) }),
      () => ({ type: 'ReplaceSecret', ...secret() }),
      () => ({ type: 'LeaveSource', source: source() }),
      () => ({ type: 'ReturnToSource', source: source() }),
      () => (rare() ? { type: 'RemoveProviderKey' } : { type: 'WakeProviderKey', nowMs }),
    ])();
  };
  const toProvider = (): ProviderCommand => {
    const settings = {
      name: `provider ${upTo(9)}`,
      dialect: pick(['openai', 'anthropic', 'gemini'] as const),
      baseUrl: `https://api-${upTo(3)}.example.com/v1`,
      auth: pick(['bearer', 'x-api-key', 'none'] as const),
    };
    return pick<() => ProviderCommand>([
      () => ({ type: 'AddProvider', ...settings, source: source(), createdAtMs: nowMs }),
      () => ({ type: 'ChangeProvider', ...settings }),
      () => ({
        type: 'RestProvider',
        nowMs,
        hintMs: pick([null, 5_000]),
        ruleId: 'pool',
        reason: 'all keys at once',
      }),
      () => ({ type: 'RecoverProvider' }),
      () => ({ type: 'WakeProvider', nowMs }),
      () => (rare() ? { type: 'RemoveProvider' } : { type: 'WakeProvider', nowMs }),
    ])();
  };
  const toBreaker = (): BreakerCommand =>
    pick<() => BreakerCommand>([
      () => ({
        type: 'OpenBreaker',
        nowMs,
        recoveryTimeoutMs: pick([1_000, 60_000]),
        ruleId: 'transient.server-error',
        reason: `because ${upTo(5)}`,
      }),
      () => ({ type: 'CloseBreaker', nowMs, cause: pick(['probe', 'operator', 'moved'] as const) }),
      () => ({ type: 'WakeBreaker', nowMs }),
    ])();
  const toClientKey = (): ClientKeyCommand =>
    pick<() => ClientKeyCommand>([
      () => ({
        type: 'AddClientKey',
        clientId: `client-${upTo(4)}`,
        name: 'laptop',
        hash: `hash-${(made += 1)}`,
        masked: 'sbx_…',
        scopes: ['*'],
        source: source(),
        createdAtMs: nowMs,
      }),
      () => ({
        type: 'ChangeClientKey',
        source: source(),
        changes: pick([
          { name: `name ${upTo(9)}`, models: ['gpt-*'] },
          { requestsPerMinute: 60, burst: 5, maxConcurrent: null },
          { requestsPerMinute: null, expiresAtMs: nowMs + upTo(600_000) },
        ]),
        nowMs,
      }),
      () => ({
        type: 'RotateClientKey',
        hash: `hash-${(made += 1)}`,
        masked: 'sbx_…',
        nowMs,
        graceMs: pick([0, 60_000]),
      }),
      () => ({ type: 'WakeClientKey', nowMs }),
      () => ({ type: 'LeaveSource', source: source() }),
      () => ({ type: 'ReturnToSource', source: source() }),
      () => (rare() ? { type: 'RemoveClientKey' } : { type: 'WakeClientKey', nowMs }),
    ])();
  const toOperator = (): OperatorCommand => {
    const address = pick(['10.0.0.1', '10.0.0.2', 'constructor']);
    const sessionId = `session-${upTo(30)}`;
    return pick<() => OperatorCommand>([
      () => ({ type: 'LogIn', sessionId, address, nowMs, expiresAtMs: nowMs + 3_600_000 }),
      () => ({ type: 'LogOut', sessionId, expiresAtMs: nowMs + 3_600_000 }),
      () => ({ type: 'FailLogin', address, nowMs }),
    ])();
  };

  const toSetting = (): SettingCommand => {
    const value = pick<unknown>([null, 7, true, 'text', [{ url: 'https://example.com' }]]);
    return pick<() => SettingCommand>([
      () => ({ type: 'ChangeSetting', value, fallback: 5 }),
      () => ({ type: 'ResetSetting', fallback: 5 }),
    ])();
  };

  return {
    /** Asks one actor for one thing. True when that became an event; a refusal is an answer too. */
    async askOne(runtime: Runtime): Promise<boolean> {
      nowMs += upTo(60_000);
      const cause = runtime.ownCause();
      const chance = random();
      const asking =
        chance < 0.6
          ? runtime.of(providerKeyKind).ask(actorId(`k-${upTo(12)}`), toProviderKey(), cause)
          : chance < 0.75
            ? runtime.of(providerKind).ask(actorId(`p-${upTo(4)}`), toProvider(), cause)
            : chance < 0.8
              ? runtime.of(breakerKind).ask(actorId(`p-${upTo(4)}`), toBreaker(), cause)
              : chance < 0.87
                ? runtime.of(clientKeyKind).ask(actorId(`c-${upTo(6)}`), toClientKey(), cause)
                : chance < 0.95
                  ? runtime.of(operatorKind).ask(actorId('operator'), toOperator(), cause)
                  : runtime.of(settingKind).ask(actorId(`s-${upTo(3)}`), toSetting(), cause);
      try {
        return (await asking).fact !== null;
      } catch (error) {
        if (error instanceof Refusal) return false;
        throw error;
      }
    },
  };
}
