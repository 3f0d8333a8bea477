/** Asks a vendor for something cheap with one key, to see whether it takes the key. */
import { providerKeyKind } from '../../actors/providerKey/providerKey.ts';
import { providerKind } from '../../actors/provider/provider.ts';
import type { Cause } from '../../events/event.ts';
import type { ActorId } from '../../events/ids.ts';
import type { Dialect } from '../../events/provider.ts';
import { findActor } from '../http/findActor.ts';
import { Problem } from '../http/problem.ts';
import { originOf } from './providerKeys.ts';
import { attempt } from '../proxy/attempt.ts';
import { upstreamHeaders } from '../proxy/headers.ts';
import { createJudge } from '../proxy/judging.ts';
import { usualLimits as limits } from '../proxy/limits.ts';
import type { Services } from '../services.ts';

/** `status` is the vendor's, 0 when no answer came. */
export type Probed = Readonly<{
  ok: boolean;
  status: number;
  verdict: string;
  rule_id: string;
  reason: string;
}>;

type ProbeDeps = Pick<
  Services,
  'runtime' | 'vault' | 'pools' | 'verdicts' | 'upstream' | 'config' | 'settings' | 'now'
>;

/** Lists of models cost nothing and change nothing. */
const cheapPaths: Readonly<Record<Dialect, string>> = {
  openai: '/models',
  anthropic: '/v1/models?limit=1',
  gemini: '/v1beta/models?pageSize=1',
};
const probeMs = 15_000;

export function createProbe(deps: ProbeDeps): (id: ActorId, cause: Cause) => Promise<Probed> {
  const { runtime, vault, pools, verdicts, upstream, config, now } = deps;
  const keys = runtime.of(providerKeyKind);
  const providers = runtime.of(providerKind);
  const judge = createJudge(deps.settings);

  const recover = async (id: ActorId, cause: Cause) => {
    const state = keys.get(id)?.state;
    if (state?.value === 'disabled') {
      await keys.ask(id, { type: 'EnableProviderKey', cause: 'probe' }, cause);
    }
    if (state?.value === 'resting') {
      const command = { type: 'RecoverProviderKey', nowMs: now(), cause: 'operator' } as const;
      await keys.ask(id, command, cause);
    }
  };

  return async (id, cause) => {
    const { context } = findActor(keys, id, 'KEY_NOT_FOUND').state;
    const provider = findActor(providers, context.provider, 'PROVIDER_NOT_FOUND').state.context;
    if (originOf(provider.baseUrl) !== context.origin) {
      const detail = "The provider's origin changed; enter the key again with PATCH {key}.";
      throw new Problem(409, 'ORIGIN_CHANGED', detail);
    }
    const secret = await vault.open(context.secretRef, context.origin);
    if (secret === undefined) {
      throw new Problem(409, 'SECRET_MISSING', 'Its secret is not in the vault; enter it again.');
    }
    const startedAtMs = now();
    const { dialect, auth, baseUrl } = provider;
    const sending = {
      upstream,
      request: {
        method: 'GET',
        url: `${baseUrl}${cheapPaths[dialect]}`,
        headers: upstreamHeaders(new Headers(), auth, secret, {
          apiKeyHeader: config.apiKeyHeader,
          streamed: true,
          dialect,
        }),
        body: null,
        isRepeatable: true,
      },
      judge,
      provider: context.provider,
      dialect,
      endpoint: 'read' as const,
      client: { request: { signal: new AbortController().signal }, onSlow() {} },
      limitMs: probeMs,
      limits,
      now,
    };
    // The head says it all; what follows is not read.
    const result = await attempt(sending, ({ status }, abort) => {
      abort.abort();
      return { kind: 'answered' as const, status, ok: status < 300 };
    });
    if (result.kind === 'failed') {
      const { verdict, answer } = result;
      const key = pools.holding(id)?.get(id);
      // A limit on a model says nothing here: none was asked for.
      if (key && verdict.scope === 'key') {
        verdicts.apply({ provider: context.provider, key, model: '', startedAtMs, cause }, verdict);
      }
      const { class: verdictClass, ruleId, reason } = verdict;
      const status = answer?.status ?? 0;
      return { ok: false, status, verdict: verdictClass, rule_id: ruleId, reason };
    }
    const { status, ok } = result;
    if (!ok) {
      const reason = 'the answer is a redirect, which is not followed';
      return { ok, status, verdict: 'caller', rule_id: '', reason };
    }
    await recover(id, cause);
    return { ok, status, verdict: 'ok', rule_id: '', reason: '' };
  };
}
