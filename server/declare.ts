/** Tells the log what the configuration says should be there, and what it no longer names. */
import { clientKeyKind } from '../actors/clientKey/clientKey.ts';
import { providerKeyKind } from '../actors/providerKey/providerKey.ts';
import { providerKind } from '../actors/provider/provider.ts';
import { Refusal } from '../actors/runtime/refusal.ts';
import type { Runtime } from '../actors/runtime/runtime.ts';
import type { By, Cause } from '../events/event.ts';
import { actorId, type ActorId } from '../events/ids.ts';
import type { Auth, Dialect } from '../events/provider.ts';
import type { Config } from './config.ts';
import { mask, originOf, type ProviderKeys } from './providerKeys.ts';
import type { Vault } from './vault.ts';

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

/** Idempotent: several gateways may declare the same at once, and all of them find nothing to do the next time. */
export async function declare(declared: Declared): Promise<void> {
  await declareProviders(declared);
  await declareProviderKeys(declared);
  await declareClientKeys(declared);
}

const causeOf = (runtime: Runtime, by: By): Cause => ({ ...runtime.ownCause(), by });
const environment: By = { kind: 'environment', id: 'variables' };

async function declareProviders({ runtime, config, now }: Declared): Promise<void> {
  const providers = runtime.of(providerKind);
  for (const { id, name, auth } of vendors) {
    const baseUrl = config.baseUrls[id];
    await providers.ask(
      actorId(id),
      {
        type: 'AddProvider',
        name,
        dialect: id,
        baseUrl,
        auth,
        source: 'environment',
        createdAtMs: now(),
      },
      causeOf(runtime, environment),
    );
  }
}

async function declareProviderKeys({ runtime, config, providerKeys }: Declared): Promise<void> {
  const keys = runtime.of(providerKeyKind);
  const providers = runtime.of(providerKind);
  const named = new Set<ActorId>();
  for (const { provider, key: secret } of config.providerKeys) {
    const cause = causeOf(runtime, environment);
    const id = providerKeys.idOf(provider, secret);
    named.add(id);
    const state = keys.get(id)?.state;
    const { fact } = await providerKeys.add({ provider, secret, source: 'environment' }, cause);
    if (fact || !state || state.context.source !== 'environment' || state.value === 'removed')
      continue;
    if (state.context.disabled?.cause === 'left_source') {
      await keys.ask(id, { type: 'ReturnToSource', source: 'environment' }, cause);
    }
    // The environment names the key together with where it goes now: that is entering it again.
    const baseUrl = providers.get(actorId(provider))?.state.context.baseUrl;
    if (baseUrl && originOf(baseUrl) !== state.context.origin) {
      await providerKeys.replaceSecret(id, secret, cause);
    }
  }
  for (const { id, state } of keys.all()) {
    if (state.context.source !== 'environment' || named.has(id) || state.value === 'removed')
      continue;
    const cause = causeOf(runtime, environment);
    await keys.ask(id, { type: 'LeaveSource', source: 'environment' }, cause).catch(ignoreRefusal);
  }
}

async function declareClientKeys({ runtime, config, vault, now }: Declared): Promise<void> {
  const clients = runtime.of(clientKeyKind);
  const named = new Set<ActorId>();
  for (const { key, clientId, scopes, source } of config.clientKeys) {
    const hash = vault.hash(key);
    const id = actorId(`ck-${hash.slice(0, 16)}`);
    named.add(id);
    const cause = causeOf(
      runtime,
      source === 'file' ? { kind: 'file', id: 'client-keys' } : environment,
    );
    const added = {
      clientId,
      name: clientId,
      hash,
      masked: mask(key),
      scopes: [...scopes],
      source,
    };
    await clients.ask(id, { type: 'AddClientKey', ...added, createdAtMs: now() }, cause);
    await clients.ask(id, { type: 'ReturnToSource', source }, cause).catch(ignoreRefusal);
  }
  for (const { id, state } of clients.all()) {
    const { source } = state.context;
    if (source === 'api' || named.has(id) || state.value !== 'active') continue;
    await clients.ask(id, { type: 'LeaveSource', source }, causeOf(runtime, environment));
  }
}

/** Another gateway or an operator was first. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof Refusal)) throw error;
}
