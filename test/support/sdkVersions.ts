/** Each official SDK in this major and in the last, behind one face: what it sends for a question, and what it throws. */
import Anthropic from '@anthropic-ai/sdk';
import { ApiError, GoogleGenAI } from '@google/genai';
import Anthropic0 from 'anthropic-0';
import { ApiError as ApiError2, GoogleGenAI as GoogleGenAI2 } from 'genai-2';
import OpenAI from 'openai';
import OpenAI6 from 'openai-6';
import type { Dialect } from './proxied.ts';

export const ways = ['plain', 'stream'] as const;
export type Way = (typeof ways)[number];

export type Asking = Readonly<{
  /** Of the gateway. */
  url: string;
  key?: string;
  model?: string;
  way?: Way;
  /** The SDK's own; none unless it is said. */
  maxRetries?: number;
  signal?: AbortSignal;
  timeoutMs?: number;
  /** Told each piece of text as it comes; of a plain answer all at once. */
  onText?: (text: string) => void;
}>;

export type SdkVersion = Readonly<{
  /** As its package and major: `openai 7`. */
  name: string;
  dialect: Dialect;
  /** Asks once for an answer and gives its text; rejects with what the SDK throws. */
  ask: (asking: Asking) => Promise<string>;
  /** The class of an error by its status; without one, of a connection that broke. */
  classOf: (status: number) => unknown;
  /** Where the SDK shows the vendor's id of a request that failed; null where it cannot. */
  requestIdOf: (error: unknown) => string | null;
  /** Of what a caller takes back, and of what takes too long. */
  aborted: unknown;
  timedOut: unknown;
}>;

export const openAis = [
  ['openai 7', OpenAI],
  // The two differ by name alone in what the tests use of them.
  ['openai 6', OpenAI6 as unknown as typeof OpenAI],
] as const;
export const anthropics = [
  ['anthropic 1', Anthropic],
  ['anthropic 0', Anthropic0 as unknown as typeof Anthropic],
] as const;
export const geminis = [
  ['genai 3', GoogleGenAI, ApiError],
  ['genai 2', GoogleGenAI2 as unknown as typeof GoogleGenAI, ApiError2],
] as const;

const anyKey = 'client-key-of-nobody';
const messages = [{ role: 'user' as const, content: 'Hi' }];
const requestIdOf = (error: unknown) => (error as { requestID?: string | null }).requestID ?? null;
const optional = ({ signal }: Asking) => (signal ? { signal } : {});

type OpenAiOptions = Pick<Asking, 'url' | 'key' | 'maxRetries' | 'timeoutMs'>;

export const openAiAt = (
  Sdk: typeof OpenAI,
  { url, key = anyKey, maxRetries = 0, timeoutMs = 20_000 }: OpenAiOptions,
): OpenAI =>
  new Sdk({ apiKey: key, baseURL: `${url}/v1`, maxRetries, timeout: timeoutMs, logLevel: 'off' });

export const anthropicAt = (
  Sdk: typeof Anthropic,
  { url, key = anyKey, maxRetries = 0, timeoutMs = 20_000 }: OpenAiOptions,
): Anthropic =>
  new Sdk({ apiKey: key, baseURL: url, maxRetries, timeout: timeoutMs, logLevel: 'off' });

export const geminiAt = (
  Sdk: typeof GoogleGenAI,
  { url, key = anyKey, maxRetries = 0, timeoutMs = 20_000 }: OpenAiOptions,
): GoogleGenAI =>
  new Sdk({
    apiKey: key,
    httpOptions: {
      baseUrl: url,
      timeout: timeoutMs,
      ...(maxRetries > 0 && {
        retryOptions: { attempts: maxRetries + 1, initialDelay: 0.01, jitter: 0 },
      }),
    },
  });

const openAiClasses = (Sdk: typeof OpenAI): Readonly<Record<number, unknown>> => ({
  400: Sdk.BadRequestError,
  401: Sdk.AuthenticationError,
  403: Sdk.PermissionDeniedError,
  404: Sdk.NotFoundError,
  409: Sdk.ConflictError,
  422: Sdk.UnprocessableEntityError,
  429: Sdk.RateLimitError,
});

const ofOpenAi = ([name, Sdk]: (typeof openAis)[number]): SdkVersion => ({
  name,
  dialect: 'openai',
  async ask(asking) {
    const { model = 'gpt-5', way = 'plain', onText } = asking;
    const { completions } = openAiAt(Sdk, asking).chat;
    const body = { model, messages };
    let said = '';
    const hear = (text: string) => {
      said += text;
      onText?.(text);
    };
    if (way === 'plain') {
      const answer = await completions.create(body, optional(asking));
      hear(answer.choices[0]?.message.content ?? '');
      return said;
    }
    const stream = await completions.create({ ...body, stream: true }, optional(asking));
    for await (const chunk of stream) hear(chunk.choices[0]?.delta.content ?? '');
    return said;
  },
  classOf: (status) =>
    openAiClasses(Sdk)[status] ?? (status >= 500 ? Sdk.InternalServerError : Sdk.APIError),
  requestIdOf,
  aborted: Sdk.APIUserAbortError,
  timedOut: Sdk.APIConnectionTimeoutError,
});

/** Of 1.x alone; 0.x has what OpenAI's has. */
const newAnthropicClasses = {
  402: Anthropic.PaymentRequiredError,
  408: Anthropic.RequestTimeoutError,
  413: Anthropic.ContentTooLargeError,
  503: Anthropic.ServiceUnavailableError,
  504: Anthropic.GatewayTimeoutError,
  529: Anthropic.OverloadedError,
};

const anthropicClasses = (Sdk: typeof Anthropic): Readonly<Record<number, unknown>> => ({
  400: Sdk.BadRequestError,
  401: Sdk.AuthenticationError,
  403: Sdk.PermissionDeniedError,
  404: Sdk.NotFoundError,
  409: Sdk.ConflictError,
  422: Sdk.UnprocessableEntityError,
  429: Sdk.RateLimitError,
  ...(Sdk === Anthropic && newAnthropicClasses),
});

const ofAnthropic = ([name, Sdk]: (typeof anthropics)[number]): SdkVersion => ({
  name,
  dialect: 'anthropic',
  async ask(asking) {
    const { model = 'claude-opus-4-8', way = 'plain', onText } = asking;
    const client = anthropicAt(Sdk, asking);
    const body = { model, max_tokens: 100, messages };
    let said = '';
    const hear = (text: string) => {
      said += text;
      onText?.(text);
    };
    if (way === 'plain') {
      const { content } = await client.messages.create(body, optional(asking));
      for (const block of content) if (block.type === 'text') hear(block.text);
      return said;
    }
    const stream = await client.messages.create({ ...body, stream: true }, optional(asking));
    for await (const event of stream) {
      if (event.type !== 'content_block_delta') continue;
      if (event.delta.type === 'text_delta') hear(event.delta.text);
    }
    return said;
  },
  classOf: (status) =>
    anthropicClasses(Sdk)[status] ?? (status >= 500 ? Sdk.InternalServerError : Sdk.APIError),
  requestIdOf,
  aborted: Sdk.APIUserAbortError,
  timedOut: Sdk.APIConnectionTimeoutError,
});

const ofGemini = ([name, Sdk, Failure]: (typeof geminis)[number]): SdkVersion => ({
  name,
  dialect: 'gemini',
  async ask(asking) {
    const { model = 'gemini-2.5-flash', way = 'plain', onText, signal } = asking;
    const { models } = geminiAt(Sdk, asking);
    const body = { model, contents: 'Hi', ...(signal && { config: { abortSignal: signal } }) };
    let said = '';
    const hear = (text: string) => {
      said += text;
      onText?.(text);
    };
    if (way === 'plain') {
      hear((await models.generateContent(body)).text ?? '');
      return said;
    }
    for await (const chunk of await models.generateContentStream(body)) hear(chunk.text ?? '');
    return said;
  },
  classOf: () => Failure,
  requestIdOf: () => null,
  // It lets through what the platform throws.
  aborted: DOMException,
  timedOut: DOMException,
});

export const sdks: readonly SdkVersion[] = [
  ...openAis.map(ofOpenAi),
  ...anthropics.map(ofAnthropic),
  ...geminis.map(ofGemini),
];

export const sdksAndWays = sdks.flatMap((sdk) =>
  ways.map((way) => [`${sdk.name}, ${way}`, sdk, way] as const),
);
