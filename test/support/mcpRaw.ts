/** MCP over HTTP by hand: what the official clients do not let a test do. */
import { readSse, type SseReader } from './sseReader.ts';

export type RawSession = Readonly<{
  id: string;
  /** The status, and the answer among what was told. */
  ask: (method: string, params?: object, id?: number) => Promise<RawAnswer>;
  /** The answer as it comes. */
  send: (body: object, signal?: AbortSignal) => Promise<Response>;
  listen: (lastEventId?: string, signal?: AbortSignal) => Promise<Response>;
  end: () => Promise<Response>;
}>;

type RawAnswer = Readonly<{
  status: number;
  message: Readonly<Record<string, unknown>> | undefined;
}>;

type Options = Readonly<{
  url: string;
  headers?: Readonly<Record<string, string>>;
  /** Each request on a connection of its own, so that any worker may answer. */
  apart?: boolean;
}>;

const protocolVersion = '2025-11-25';

async function messagesIn(response: Response): Promise<Readonly<Record<string, unknown>>[]> {
  const text = await response.text();
  if (!response.headers.get('content-type')?.includes('event-stream'))
    return text === '' ? [] : [JSON.parse(text)];
  return [...text.matchAll(/^data: (.+)$/gm)].map(([, data = '']) => JSON.parse(data));
}

/** The same session as another client would use it that knows its id. */
export function rawSession(id: string, { url, headers = {}, apart = false }: Options): RawSession {
  const send = (method: string, more: object, rest: RequestInit = {}) =>
    fetch(url, {
      method,
      ...rest,
      ...(apart && { keepalive: false }),
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        'mcp-protocol-version': protocolVersion,
        ...(id !== '' && { 'mcp-session-id': id }),
        ...(apart && { connection: 'close' }),
        ...headers,
        ...more,
      },
    });
  const post = (body: object, signal?: AbortSignal) =>
    send('POST', {}, { body: JSON.stringify(body), ...(signal && { signal }) });
  return {
    id,
    send: post,
    async ask(method, params = {}, requestId = 1) {
      const response = await post({ jsonrpc: '2.0', id: requestId, method, params });
      const messages = await messagesIn(response);
      const message = messages.find(({ id: of }) => of === requestId) ?? messages[0];
      return { status: response.status, message };
    },
    listen: (lastEventId, signal) =>
      send(
        'GET',
        lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
        signal ? { signal } : {},
      ),
    end: () => send('DELETE', {}),
  };
}

export const hello = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: {
    protocolVersion,
    capabilities: {},
    clientInfo: { name: 'by hand', version: '1' },
  },
};

/** @throws when no session is opened. */
export async function openRaw(options: Options): Promise<RawSession> {
  const response = await rawSession('', options).send(hello);
  const text = await response.text();
  const id = response.headers.get('mcp-session-id');
  if (id === null) throw new Error(`no session was opened: ${response.status} ${text}`);
  return rawSession(id, options);
}

/** Reads events whose data may be empty, as that of the first of a stream is. */
export function eventsOf(response: Response): SseReader {
  if (!response.body) throw new Error(`no stream: ${response.status}`);
  const filled = new TransformStream<string, string>({
    transform: (text, controller) => controller.enqueue(text.replaceAll(/^data: $/gm, 'data: {}')),
  });
  return readSse(
    response.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(filled)
      .pipeThrough(new TextEncoderStream()),
  );
}
