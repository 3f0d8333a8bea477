/** The three official SDKs, and a server that notes what they send and answers as their vendor would. */
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import type { Dialect } from '../../events/provider.ts';
import { plainAnswers, streamedAnswers } from '../fixtures/dialects/answers.ts';

type Asked = { path: string; body: unknown };

function answerTo(url: URL, body: unknown): Response {
  const dialect: Dialect = url.pathname.includes('/models/')
    ? 'gemini'
    : url.pathname === '/v1/messages'
      ? 'anthropic'
      : 'openai';
  const { stream } = body as { stream?: boolean };
  if (stream === true || url.pathname.endsWith(':streamGenerateContent')) {
    const headers = { 'content-type': 'text/event-stream' };
    return new Response(streamedAnswers[dialect], { headers });
  }
  return Response.json(plainAnswers[dialect].call);
}

export function sdksOverSocket() {
  let asked: Asked[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const url = new URL(request.url);
      const body: unknown = await request.json();
      asked.push({ path: `${url.pathname}${url.search}`, body });
      return answerTo(url, body);
    },
  });
  const base = `http://127.0.0.1:${server.port}`;
  const openAi = new OpenAI({ apiKey: 'k', baseURL: `${base}/v1`, maxRetries: 0 });
  const anthropic = new Anthropic({ apiKey: 'k', baseURL: base, maxRetries: 0 });
  const ofGoogle = (apiVersion?: string) =>
    new GoogleGenAI({
      apiKey: 'k',
      httpOptions: { baseUrl: base, ...(apiVersion === undefined ? {} : { apiVersion }) },
    }).models;

  return {
    openAi,
    anthropic,
    gemini: ofGoogle('v1beta'),
    /** As it is when nobody says which version. */
    plainGemini: ofGoogle(),
    asked: (): readonly Asked[] => asked,
    forget: () => {
      asked = [];
    },
    stop: () => server.stop(true),
  };
}
