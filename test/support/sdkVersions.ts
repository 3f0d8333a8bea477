/** Each official SDK in this major and in the last, and how it becomes a client of a gateway. */
import Anthropic from '@anthropic-ai/sdk';
import { ApiError, GoogleGenAI } from '@google/genai';
import Anthropic0 from 'anthropic-0';
import { ApiError as ApiError2, GoogleGenAI as GoogleGenAI2 } from 'genai-2';
import OpenAI from 'openai';
import OpenAI6 from 'openai-6';

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
export type ClientOptions = Readonly<{
  /** Of the gateway. */
  url: string;
  key?: string;
  /** The SDK's own; none unless it is said. */
  maxRetries?: number;
  timeoutMs?: number;
}>;

export const openAiAt = (
  Sdk: typeof OpenAI,
  { url, key = anyKey, maxRetries = 0, timeoutMs = 20_000 }: ClientOptions,
): OpenAI =>
  new Sdk({ apiKey: key, baseURL: `${url}/v1`, maxRetries, timeout: timeoutMs, logLevel: 'off' });

export const anthropicAt = (
  Sdk: typeof Anthropic,
  { url, key = anyKey, maxRetries = 0, timeoutMs = 20_000 }: ClientOptions,
): Anthropic =>
  new Sdk({ apiKey: key, baseURL: url, maxRetries, timeout: timeoutMs, logLevel: 'off' });

export const geminiAt = (
  Sdk: typeof GoogleGenAI,
  { url, key = anyKey, maxRetries = 0, timeoutMs = 20_000 }: ClientOptions,
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
