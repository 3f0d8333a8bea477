/** Asks a provider for an answer, the way every client of the gateway does: keys, retries, fallbacks, records, cost. */
import { createParser } from 'eventsource-parser';
import type { TraceId } from '../../events/ids.ts';
import type { Dialect } from '../../events/provider.ts';
import type { RequestFinished } from '../../events/traffic.ts';
import type { Client } from '../access/clients.ts';
import { dialects } from '../dialects/dialects.ts';
import type { Answer, AnswerDelta, Question } from '../dialects/form.ts';
import { offeredDialects } from '../modelRoutes/fit.ts';
import type { ModelRoutes } from '../modelRoutes/modelRoutes.ts';
import type { Pricing } from '../pricing/pricing.ts';
import { objectOf, textOf } from '../proxy/json.ts';
import type { Providers } from '../proxy/providers.ts';
import { createProxy, type ProxyDeps } from '../proxy/proxy.ts';

/** Who asks: a client, an operator, or whoever is let in where the gateway is open. */
export type Asker = Readonly<{ client: Client | null; isOperator: boolean }>;

export type ToAsk = Readonly<{
  asker: Asker;
  conversationId: string;
  turnId: string;
  traceId: TraceId;
  question: Question;
  /** Ends what is under way. */
  signal: AbortSignal;
  /** Of a streamed answer, as it comes. */
  onDelta: (delta: AnswerDelta) => void;
}>;

/** What is known of who answered. */
export type Answerer = Readonly<{
  provider: string;
  keyId: string;
  model: string;
  dialect: Dialect;
  usage: Answer['usage'];
  costMicroUsd: number | null;
}>;

export type Outcome = Answerer &
  Readonly<
    | { kind: 'completed'; answer: Answer }
    /** `answer` has what came. */
    | { kind: 'interrupted'; answer: Answer; reason: string }
    | { kind: 'failed'; status: number; code: string; reason: string }
  >;

export type Asking = Readonly<{ ask(what: ToAsk): Promise<Outcome> }>;

export type AskingDeps = Readonly<{
  proxy: ProxyDeps;
  pricing: Pick<Pricing, 'priceOf'>;
  providers: Providers;
  modelRoutes: Pick<ModelRoutes, 'named'>;
}>;

/** By whom a name is known everywhere; what neither knows is asked for as OpenAI's clients do. */
const likelyDialect = (model: string): Dialect => {
  if (/^claude/i.test(model)) return 'anthropic';
  return /^(gemini|gemma|learnlm)/i.test(model) ? 'gemini' : 'openai';
};

const noBodies: ProxyDeps['bodies'] = {
  areWanted: () => false,
  record: (response) => Promise.resolve(response),
};

/** A vendor's refusal may quote what was said, which stands nowhere but in the conversation. */
export const withoutWords = ({ data, ...event }: RequestFinished): RequestFinished => {
  const attempts = data.attempts.map((one) => (one.status === 0 ? one : { ...one, error: '' }));
  return { ...event, data: { ...data, attempts } };
};

export function createAsking({ proxy, pricing, providers, modelRoutes }: AskingDeps): Asking {
  const dialectOf = (model: string): Dialect => {
    const route = modelRoutes.named(model);
    if (route) {
      const offered = offeredDialects(route.targets, providers);
      const first = providers.get(route.targets[0]?.provider ?? '')?.dialect;
      return first && offered.includes(first) ? first : (offered[0] ?? 'openai');
    }
    const likely = likelyDialect(model);
    return providers.targetOf(likely, model)?.provider.dialect ?? likely;
  };

  /** The proxy as one asker has it, who was let in already; `onFinished` gets what is recorded. */
  const proxyFor = ({ client, isOperator }: Asker, onFinished: (event: RequestFinished) => void) =>
    createProxy({
      ...proxy,
      // It is kept with the conversation, and erased with it: no second copy.
      bodies: noBodies,
      admit: () => (isOperator ? Promise.resolve(null) : client),
      recorder: {
        ...proxy.recorder,
        record(event) {
          if (event.type !== 'RequestFinished') return proxy.recorder.record(event);
          const told = withoutWords(event);
          proxy.recorder.record(told);
          onFinished(told);
        },
      },
    });

  return {
    async ask({ asker, conversationId, turnId, traceId, question, signal, onDelta }) {
      const dialect = dialectOf(question.model);
      const form = dialects[dialect];
      const { path, body } = form.requestOf(question);
      let finished: RequestFinished['data'] | undefined;
      const send = proxyFor(asker, ({ data }) => (finished = data));
      const request = new Request(`http://conversation${path}`, {
        method: 'POST',
        signal,
        body: JSON.stringify(body),
        headers: {
          'content-type': 'application/json',
          'x-conversation-id': conversationId,
          'idempotency-key': turnId,
          'x-client-request-id': turnId,
          traceparent: `00-${traceId}-${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}-01`,
        },
      });
      const response = await send(request, () => {});
      const answerer = (answer: Answer | null): Answerer => ({
        provider: finished?.provider ?? '',
        keyId: finished?.keyId ?? '',
        model: answer?.model ?? finished?.model ?? question.model,
        dialect,
        usage: finished?.usage ?? answer?.usage ?? null,
        costMicroUsd: finished ? pricing.priceOf(finished).costMicroUsd : null,
      });

      if (!response.ok) {
        const refused = refusalOf(await response.text());
        return {
          kind: 'failed',
          status: response.status,
          ...refused,
          ...answerer(null),
        };
      }
      if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
        const answer = form.answerOf(jsonOf(await response.text()), question.tools);
        if (answer) return { kind: 'completed', answer, ...answerer(answer) };
        const reason = 'the answer is none of the dialect it was asked in';
        return {
          kind: 'failed',
          status: 502,
          code: 'BAD_ANSWER',
          reason,
          ...answerer(null),
        };
      }
      const reader = form.createAnswerReader(question.tools);
      const parser = createParser({
        onEvent({ event: name = '', data }) {
          for (const delta of reader.push({ name, data })) onDelta(delta);
        },
      });
      await readText(response, (text) => parser.feed(text));
      parser.feed('\n\n');
      const { isWhole, failure, ...answer } = reader.end();
      const isComplete = isWhole && failure === null && finished?.outcome === 'completed';
      if (isComplete) return { kind: 'completed', answer, ...answerer(answer) };
      const reason = failure ?? 'the stream ended early';
      return { kind: 'interrupted', answer, reason, ...answerer(answer) };
    },
  };
}

/** Also what breaks off is read to where it breaks. */
async function readText({ body }: Response, onText: (text: string) => void): Promise<void> {
  const utf8 = new TextDecoder();
  try {
    for await (const chunk of body ?? []) onText(utf8.decode(chunk, { stream: true }));
  } catch {
    // What the proxy makes of it is in its record.
  }
}

/** Undefined for what is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The words of an error, whichever dialect it is written in. */
export function refusalOf(text: string): { code: string; reason: string } {
  const error = objectOf(objectOf(jsonOf(text))?.error);
  const code = textOf(error?.code) ?? textOf(error?.status) ?? textOf(error?.type);
  return { code: code ?? 'PROVIDER_ERROR', reason: textOf(error?.message) ?? text.slice(0, 500) };
}
