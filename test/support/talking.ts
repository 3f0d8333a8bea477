/** A vendor that answers as slowly as a test wants, and how a test holds a conversation. */
import { openAiChat, choice } from './vendorStreams.ts';
import type { Api } from './api.ts';
import type { Arrived, Script } from './vendor.ts';

const { chunk } = openAiChat;

const piece = (text: string): string => chunk([choice(0, text)]);
const ending: string = chunk([choice(0, '', 'stop')]) + openAiChat.usage + openAiChat.done;

/** An answer that stays open until it is told to go on; one a request, in order of arrival. */
export type Open = Readonly<{
  arrived: Arrived;
  say: (text: string) => Promise<void>;
  finish: () => Promise<void>;
  cut: () => void;
}>;

/** Streams that the test writes, `opened` holding each as it arrives. */
export function byHand(): Readonly<{ script: Script; opened: Open[] }> {
  const opened: Open[] = [];
  const script: Script = (arrived, reply) => {
    reply.begin();
    opened.push({
      arrived,
      say: (text) => reply.chunk(piece(text)),
      async finish() {
        await reply.chunk(ending);
        reply.end();
      },
      cut: reply.cut,
    });
  };
  return { script, opened };
}

/** A whole streamed answer to each request. */
export const streams =
  (...texts: string[]): Script =>
  (_arrived, reply) =>
    reply.stream(...texts.map(piece), ending);

export async function begin(api: Api, more: object = { model: 'gpt-5' }): Promise<string> {
  const { json } = await api('POST', '/api/conversations', more);
  return `/api/conversations/${json.id}`;
}

/** Says something and reads the answer as a stream of events. */
export const sayStreamed = (
  url: string,
  path: string,
  content: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  fetch(`${url}${path}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ content, stream: true }),
  });

export const textOfEvents = (
  events: readonly Readonly<{ event: string; data: Readonly<Record<string, unknown>> }>[],
): string =>
  events
    .filter(({ event }) => event === 'delta')
    .map(({ data }) => String(data['text']))
    .join('');
