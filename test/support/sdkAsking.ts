/** The official SDKs behind one face: one question, asked plainly or as a stream, and what each throws. */
import Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import type { Dialect } from './proxied.ts';
import {
  anthropicAt,
  anthropics,
  geminiAt,
  geminis,
  openAiAt,
  openAis,
  type ClientOptions,
} from './sdkVersions.ts';

export const ways = ['plain', 'stream'] as const;
export type Way = (typeof ways)[number];

export type Asking = ClientOptions &
  Readonly<{
    model?: string;
    /** What is asked; a greeting unless it is said. */
    text?: string;
    way?: Way;
    signal?: AbortSignal;
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

const messagesOf = (content = 'Hi') => [{ role: 'user' as const, content }];
const requestIdOf = (error: unknown) => (error as { requestID?: string | null }).requestID ?? null;
const optional = ({ signal }: Asking) => (signal ? { signal } : {});

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
    const { model = 'gpt-5', way = 'plain', onText, text } = asking;
    const { completions } = openAiAt(Sdk, asking).chat;
    const body = { model, messages: messagesOf(text) };
    let said = '';
    const hear = (piece: string) => {
      said += piece;
      onText?.(piece);
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
    const { model = 'claude-opus-4-8', way = 'plain', onText, text } = asking;
    const client = anthropicAt(Sdk, asking);
    const body = { model, max_tokens: 100, messages: messagesOf(text) };
    let said = '';
    const hear = (piece: string) => {
      said += piece;
      onText?.(piece);
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
    const { model = 'gemini-2.5-flash', way = 'plain', onText, text = 'Hi', signal } = asking;
    const { models } = geminiAt(Sdk, asking);
    const body = { model, contents: text, ...(signal && { config: { abortSignal: signal } }) };
    let said = '';
    const hear = (piece: string) => {
      said += piece;
      onText?.(piece);
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
