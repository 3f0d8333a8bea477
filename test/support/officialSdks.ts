/** The three official SDKs as clients of a server that answers what a test prepared. */
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import type { DialectModule, GatewayError } from '../../server/proxy/dialect.ts';

export type Answer = () => Response;

export function sdkServer() {
  let answers: Answer[] = [];
  let asked = 0;
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch() {
      asked += 1;
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      return answer?.() ?? new Response('no answer prepared', { status: 500 });
    },
  });
  const base = `http://127.0.0.1:${server.port}`;
  const openAi = (maxRetries = 0) => new OpenAI({ apiKey: 'k', baseURL: `${base}/v1`, maxRetries });
  return {
    /** The last one is given again and again. */
    prepare(...next: Answer[]) {
      answers = next;
      asked = 0;
    },
    asked: () => asked,
    stop: () => server.stop(true),
    chat: (maxRetries = 0) => openAi(maxRetries).chat.completions,
    responses: () => openAi().responses,
    messages: (maxRetries = 0) =>
      new Anthropic({ apiKey: 'k', baseURL: base, maxRetries }).messages,
    models: () => new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: base } }).models,
  };
}

export const refused = (dialect: DialectModule, error: GatewayError): Answer => {
  const { status, headers, body } = dialect.errorBody(error, 'request-1');
  return () => new Response(body, { status, headers });
};

export const streamed = (...parts: (string | Uint8Array)[]): Answer => {
  const body = new Blob(parts as BlobPart[]);
  return () => new Response(body, { headers: { 'content-type': 'text/event-stream' } });
};

const messages = [{ role: 'user' as const, content: 'Hi' }];
export const chat = { model: 'gpt-5', messages };
export const message = { model: 'claude-opus-4-8', max_tokens: 10, messages };
export const prompt = { model: 'gemini-2.5-flash', contents: 'Hi' };

/** What a promise was rejected with. */
export async function thrown(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** Reads a stream to its end and counts its events. */
export async function readAll(stream: Promise<AsyncIterable<unknown>>): Promise<number> {
  let events = 0;
  for await (const _ of await stream) events += 1;
  return events;
}
