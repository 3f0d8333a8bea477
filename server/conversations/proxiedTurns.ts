/**
 * Turns that come and are answered through the proxy: clients of the vendors' APIs that name a conversation. Their bytes
 * pass as they are; the question is in the log before a provider is asked, the answer after it has passed.
 */
import { Refusal } from '../../actors/runtime/refusal.ts';
import type { Cause } from '../../events/event.ts';
import { isActorId } from '../../events/ids.ts';
import type { RequestFinished } from '../../events/traffic.ts';
import { dialects } from '../dialects/dialects.ts';
import type { StreamedAnswer } from '../dialects/form.ts';
import type { Pricing } from '../pricing/pricing.ts';
import { causeOf, type Exchange } from '../proxy/exchange.ts';
import type { ProxiedTurn, Turns } from '../proxy/turns.ts';
import { refusalOf, type Outcome } from './asking.ts';
import type { BegunTurn } from './beginTurn.ts';
import type { Conversations } from './conversations.ts';
import { newQuestionOf } from './newQuestion.ts';
import { passing, readAnswer } from './passedAnswer.ts';
import type { Asked } from './said.ts';
import { invalidId, noQuestion, notThere, turnError } from './turnErrors.ts';

type Finished = RequestFinished['data'];

export type ProxiedTurns = Turns &
  Readonly<{
    /** How a request ended; false where it is no turn. */
    finished(event: RequestFinished): boolean;
  }>;

type Deps = Readonly<{
  conversations: Pick<Conversations, 'record' | 'start'>;
  pricing: Pick<Pricing, 'priceOf'>;
  /** With more messages a conversation is full; null for no limit. */
  mostMessages: () => number | null;
  gatewayId: string;
  onError: (error: unknown, about: string) => void;
}>;

export const conversationHeader = 'x-conversation-id';

const routes: ReadonlySet<string> = new Set([
  '/v1/chat/completions',
  '/v1beta/openai/chat/completions',
  '/v1/messages',
  ...['v1', 'v1beta'].flatMap((version) =>
    ['generateContent', 'streamGenerateContent'].map(
      (verb) => `/${version}/models/{model}:${verb}`,
    ),
  ),
]);

/** No model has a longer name, and an event has room for it. */
const modelChars = 200;
/** The end of an answer waits so long for the log: who asks the next question then finds this one over. */
const writtenWithinMs = 2_000;
/** Another process may be writing the end of its turn. */
const secondTryMs = 250;

export function createProxiedTurns(deps: Deps): ProxiedTurns {
  const { conversations, pricing, mostMessages, gatewayId, onError } = deps;
  const byRequest = new Map<string, (finished: Finished) => void>();
  /** Turns whose answer is there and whose end is being written. */
  const ending = new Map<string, Promise<unknown>>();

  /** Begun with this id where there is none yet. */
  const begin = async (
    id: string,
    owner: string,
    turn: Parameters<Conversations['record']>[2],
    answer: Promise<Outcome>,
  ): Promise<BegunTurn> => {
    const record = () => conversations.record(id, owner, turn, () => answer);
    try {
      return await record();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === 'TURN_RUNNING') await (ending.get(id) ?? Bun.sleep(secondTryMs));
      else if (error.code !== 'NOT_FOUND') throw error;
      else {
        await conversations.start(owner, {}, turn.cause, id).catch((taken: unknown) => {
          // By somebody else, or by this client a moment ago.
          if (!(taken instanceof Refusal) || taken.code !== 'ALREADY_EXISTS') throw taken;
        });
      }
    }
    return record();
  };

  const turnOf = (
    id: string,
    exchange: Exchange,
    { tools }: Asked,
    { running }: BegunTurn,
    settle: (outcome: Outcome) => void,
    own: ProxiedTurn['caller'],
  ): ProxiedTurn => {
    const form = dialects[exchange.dialect];
    let finished: Finished | undefined;
    let isSettled = false;
    let signal: AbortSignal | undefined;
    const written = running.ended.then(
      () => undefined,
      (error: unknown) => {
        if (!(error instanceof Refusal)) onError(error, `turn ${running.id}`);
      },
    );

    const end = (outcome: () => Outcome): Promise<void> => {
      if (!isSettled) {
        isSettled = true;
        byRequest.delete(exchange.id);
        const over = written.finally(() => {
          if (ending.get(id) === over) ending.delete(id);
        });
        ending.set(id, over);
        settle(outcome());
        if (finished?.outcome === 'cancelled') running.cancel('cancelled');
      }
      return Promise.race([written, Bun.sleep(writtenWithinMs)]);
    };

    const outcomeOf = (answer: StreamedAnswer | null): Outcome => {
      const who = {
        provider: finished?.provider ?? exchange.provider,
        keyId: finished?.keyId ?? exchange.keyId,
        model: answer?.model ?? exchange.model,
        dialect: exchange.dialect,
        usage: finished?.usage ?? answer?.usage ?? null,
        costMicroUsd: finished ? pricing.priceOf(finished).costMicroUsd : null,
      };
      if (!answer) {
        const reason = 'the answer is none of the dialect it was asked in';
        return { kind: 'failed', status: 502, code: 'BAD_ANSWER', reason, ...who };
      }
      const { isWhole, failure } = answer;
      if (isWhole && failure === null && finished?.outcome === 'completed')
        return { kind: 'completed', answer, ...who };
      return { kind: 'interrupted', answer, reason: failure ?? 'it broke off', ...who };
    };
    const failed = (status: number, text: string): Outcome => {
      const { dialect, provider, keyId, model } = exchange;
      const who = { provider, keyId, model, dialect, usage: null, costMicroUsd: null };
      return { kind: 'failed', status, ...refusalOf(text), ...who };
    };

    const passWhole = async (response: Response): Promise<Response> => {
      const { ok, status, headers } = response;
      const bytes = await response.bytes();
      const read = readAnswer(headers, form, tools, running.add);
      read.push(bytes);
      await end(() => (ok ? outcomeOf(read.end()) : failed(status, Buffer.from(bytes).toString())));
      return new Response(bytes.byteLength === 0 ? null : bytes, { status, headers });
    };

    const passStream = (response: Response, body: ReadableStream<Uint8Array>): Response => {
      const { status, headers } = response;
      const read = readAnswer(headers, form, tools, running.add);
      const over = () => end(() => outcomeOf(read.end()));
      // Nothing may be read any more by who left.
      onCancelled = () => void over();
      return new Response(passing(body, read.push, over), { status, headers });
    };
    let onCancelled = () => {};
    byRequest.set(exchange.id, (data) => {
      finished = data;
      if (data.outcome === 'cancelled') onCancelled();
    });

    return {
      caller: {
        onSlow: own.onSlow,
        request: {
          get signal() {
            return (signal ??= AbortSignal.any([own.request.signal, running.signal]));
          },
        },
      },
      async pass(answered) {
        try {
          const response = await answered;
          response.headers.set('x-signalbox-turn-id', running.id);
          if (exchange.isFinished || !response.body) return await passWhole(response);
          return passStream(response, response.body);
        } catch (error) {
          void end(() => failed(500, 'the gateway failed'));
          throw error;
        }
      },
    };
  };

  return {
    async begin(exchange, incoming, client, caller) {
      const id = incoming.headers.get(conversationHeader) ?? '';
      if (!routes.has(exchange.route) || id === '') return null;
      if (!isActorId(id)) return invalidId;
      const asked = newQuestionOf(incoming);
      if (!asked) return noQuestion;
      const by: Cause['by'] = client
        ? { kind: 'client', id: client.keyId }
        : { kind: 'gateway', id: gatewayId };
      const cause = causeOf(exchange, by);
      const model = incoming.model === '' ? null : incoming.model.slice(0, modelChars);
      const turn = { asked, model, mostMessages: mostMessages(), cause };
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      try {
        const begun = await begin(id, exchange.client, turn, promise);
        return turnOf(id, exchange, asked, begun, resolve, caller);
      } catch (error) {
        const isTheirs = error instanceof Refusal && error.code === 'ALREADY_EXISTS';
        return isTheirs ? notThere : turnError(error);
      }
    },
    finished(event) {
      const tell = byRequest.get(event.id);
      tell?.(event.data);
      return tell !== undefined;
    },
  };
}
