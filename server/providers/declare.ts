/** Tells the log what the configuration says should be there, and what it no longer names. */
import { clientKeyKind } from '../../actors/clientKey/clientKey.ts';
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import { providerKind } from '../../actors/provider/provider.ts';
import { Refusal } from '../../actors/runtime/refusal.ts';
import type { Runtime } from '../../actors/runtime/runtime.ts';
import type { By, Cause } from '../../events/event.ts';
import { actorId, type ActorId } from '../../events/ids.ts';
import { LogUnavailable } from '../../events/log.ts';
import type { Auth, Dialect } from '../../events/provider.ts';
import type { Config } from '../config.ts';
import { noTerms } from '../config/clientKeyTerms.ts';
import { mask, originOf, type ProviderKeys } from './providerKeys.ts';
import { createProviderUpkeep } from './providerUpkeep.ts';
import { StartError } from '../launcher/startError.ts';
import type { Vault } from '../vault.ts';

type Declared = Readonly<{
  runtime: Runtime;
  vault: Vault;
  providerKeys: ProviderKeys;
  config: Config;
  now: () => number;
}>;

/** The vendors that are there from the start; ids are what bare model names of their dialect go to. */
const vendors: readonly Readonly<{ id: Dialect; name: string; auth: Auth }>[] = [
  { id: 'openai', name: 'OpenAI', auth: 'bearer' },
  { id: 'anthropic', name: 'Anthropic', auth: 'x-api-key' },
  { id: 'gemini', name: 'Google Gemini', auth: 'x-goog-api-key' },
];

/** The log may go away and come back while this runs; a try takes 5 s and more then. */
const triesAtMost = 10;
const pauseMs = 500;

/**
 * Idempotent: several gateways may declare the same at once, and all of them find nothing to do the next time.
 * What an operator removed, and what another version wrote, is left as it is.
 * @throws {LogUnavailable} when the log stays away.
 */
export async function declare(declared: Declared): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await declareProviders(declared);
      await declareProviderKeys(declared);
      await declareClientKeys(declared);
      return;
    } catch (error) {
      if (!(error instanceof LogUnavailable) || tries >= triesAtMost) throw error;
      await Bun.sleep(pauseMs);
    }
  }
}

const causeOf = (runtime: Runtime, by: By): Cause => ({ ...runtime.ownCause(), by });
const environment: By = { kind: 'environment', id: 'variables' };

async function declareProviders({ runtime, config, now }: Declared): Promise<void> {
  const providers = runtime.of(providerKind);
  for (const { id, name, auth } of vendors) {
    const baseUrl = config.baseUrls[id];
    const command = { type: 'AddProvider', name, dialect: id, baseUrl, auth } as const;
    const added = { ...command, source: 'environment', createdAtMs: now() } as const;
    await providers.ask(actorId(id), added, causeOf(runtime, environment)).catch(ignoreRefusal);
  }
}

async function declareProviderKeys(declared: Declared): Promise<void> {
  const { runtime, config, providerKeys } = declared;
  const keys = runtime.of(providerKeyKind);
  const providers = runtime.of(providerKind);
  const cause = causeOf(runtime, environment);
  const ids = new Set<ActorId>();
  for (const named of config.providerKeys) {
    ids.add(providerKeys.idOf(named.provider, named.key));
    const provider = providers.get(actorId(named.provider))?.state;
    if (provider?.value !== 'active' && provider?.value !== 'resting') continue;
    const origin = originOf(provider.context.baseUrl);
    await declareKey(declared, named, origin, cause).catch(refusalOf(named.provider));
  }
  for (const { id, state } of keys.all()) {
    if (state.context.source !== 'environment' || ids.has(id)) continue;
    await keys.ask(id, { type: 'LeaveSource', source: 'environment' }, cause).catch(ignoreRefusal);
  }
  // Those that nobody entered again for where their provider is now.
  const upkeep = createProviderUpkeep(runtime);
  for (const { id, state } of providers.all()) {
    if (state.value === 'removed') continue;
    await upkeep.disableKeysOfOtherOrigins(id, cause).catch(ignoreRefusal);
  }
}

type Named = Config['providerKeys'][number];

async function declareKey(
  { runtime, providerKeys }: Declared,
  { provider, key: secret }: Named,
  origin: string,
  cause: Cause,
): Promise<void> {
  const keys = runtime.of(providerKeyKind);
  const id = providerKeys.idOf(provider, secret);
  const before = keys.get(id)?.state;
  const { fact } = await providerKeys.add({ provider, secret, source: 'environment' }, cause);
  if (fact || before?.context.source !== 'environment' || before.value === 'removed') return;
  const { disabled, origin: boundTo } = before.context;
  if (disabled?.cause === 'left_source') {
    await keys.ask(id, { type: 'ReturnToSource', source: 'environment' }, cause);
  }
  // The environment names the key together with where it goes now: that is entering it again.
  if (boundTo !== origin || disabled?.cause === 'origin_changed') {
    await providerKeys.replaceSecret(id, secret, cause);
  }
}

async function declareClientKeys({ runtime, config, vault, now }: Declared): Promise<void> {
  const clients = runtime.of(clientKeyKind);
  const named = new Set<ActorId>();
  for (const { key, clientId, scopes, source, terms = noTerms } of config.clientKeys) {
    const hash = vault.hash(key);
    const id = actorId(`ck-${hash.slice(0, 16)}`);
    named.add(id);
    const cause = causeOf(
      runtime,
      source === 'file' ? { kind: 'file', id: 'client-keys' } : environment,
    );
    const changes = { clientId, name: clientId, scopes: [...scopes], ...terms };
    const nowMs = now();
    const added = { ...changes, hash, masked: mask(key), source, createdAtMs: nowMs };
    for (const command of [
      { type: 'AddClientKey', ...added },
      { type: 'ReturnToSource', source },
      { type: 'ChangeClientKey', source, changes, nowMs },
    ] as const) {
      await clients.ask(id, command, cause).catch(ignoreRefusal);
    }
  }
  for (const { id, state } of clients.all()) {
    const { source } = state.context;
    const isUsed = state.value === 'active' || state.value === 'expired';
    if (source === 'api' || named.has(id) || !isUsed) continue;
    await clients
      .ask(id, { type: 'LeaveSource', source }, causeOf(runtime, environment))
      .catch(ignoreRefusal);
  }
}

/** Of a refused key the start says where it was named; an operator or another gateway may have been first. */
const refusalOf = (provider: string) => (error: unknown) => {
  if (error instanceof Refusal && error.code === 'INVALID') {
    throw new StartError(`${provider.toUpperCase()}_API_KEYS: ${error.message}`);
  }
  ignoreRefusal(error);
};

/** Another gateway or an operator was first. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof Refusal)) throw error;
}
