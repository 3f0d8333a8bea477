/** The official SDKs as clients of a gateway, with a tap on the bytes that they send and get. */
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import { sha256 } from './vendor.ts';

export type Sent = Readonly<{
  url: string;
  bodySha256: string;
  status: number;
  headers: Headers;
  answerSha256: Promise<string>;
}>;

export type Tap = Readonly<{ fetch: typeof fetch; sent: readonly Sent[]; last: () => Sent }>;

/** A fetch that keeps what passes. It does not unpack, so the bytes are those of the wire. */
export function tap(): Tap {
  const sent: Sent[] = [];
  const tapped = async (input: string | URL | Request, init: RequestInit = {}) => {
    const url = input instanceof Request ? input.url : String(input);
    const { body } = init;
    if (body !== undefined && body !== null && typeof body !== 'string')
      throw new Error(`${url} was sent a body that is no text`);
    const answer = await fetch(input, init);
    const { status, headers } = answer;
    const answerSha256 = answer.clone().bytes().then(sha256);
    answerSha256.catch(() => {});
    sent.push({ url, bodySha256: sha256(body ?? ''), status, headers, answerSha256 });
    return answer;
  };
  return {
    fetch: Object.assign(tapped, { preconnect: fetch.preconnect }),
    sent,
    last() {
      const newest = sent.at(-1);
      if (!newest) throw new Error('nothing was sent');
      return newest;
    },
  };
}

type ClientOptions = Readonly<{ url: string; key: string; tap: Tap }>;

export const openAiClient = (
  { url, key, tap: { fetch } }: ClientOptions,
  maxRetries = 0,
  Sdk = OpenAI,
): OpenAI => new Sdk({ apiKey: key, baseURL: `${url}/v1`, maxRetries, fetch, logLevel: 'off' });

export const anthropicClient = (
  { url, key, tap: { fetch } }: ClientOptions,
  maxRetries = 0,
  Sdk = Anthropic,
): Anthropic => new Sdk({ apiKey: key, baseURL: url, maxRetries, fetch, logLevel: 'off' });

export const geminiClient = (
  { url, key, tap: { fetch } }: ClientOptions,
  apiVersion: 'v1' | 'v1beta' = 'v1beta',
  Sdk = GoogleGenAI,
): GoogleGenAI => new Sdk({ apiKey: key, httpOptions: { baseUrl: url, apiVersion, fetch } });
