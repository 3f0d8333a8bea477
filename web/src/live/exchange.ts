/** One request to a model as it goes over the wire: what was sent, and when which bytes came back. */

export type Sent = Readonly<{
  path: string;
  body: string;
  /** Empty: as whoever is logged in. */
  clientKey: string;
}>;
export type Chunk = Readonly<{ atMs: number; bytes: number; text: string }>;

export type Exchange = Readonly<{
  sent: Sent;
  startedMs: number;
  status: number | null;
  headers: readonly (readonly [name: string, value: string])[];
  /** From the sending on, like all that follows. */
  headersMs: number | null;
  chunks: readonly Chunk[];
  /** Of what came, as far as it is kept. */
  text: string;
  bytes: number;
  endMs: number | null;
  fault: string | null;
}>;

/** More of an answer is counted, not kept. */
const keptChars = 2_000_000;
const keptChunks = 2_000;

export const requestIdOf = ({ headers }: Exchange): string | undefined =>
  headers.find(([name]) => name === 'x-signalbox-request-id')?.[1];

const isAbort = (error: unknown) => error instanceof DOMException && error.name === 'AbortError';

/** Calls back with every change; resolves when it is over, however that came. */
export async function runExchange(
  sent: Sent,
  signal: AbortSignal,
  onChange: (exchange: Exchange) => void,
): Promise<void> {
  const started = performance.now();
  const since = () => performance.now() - started;
  let exchange: Exchange = {
    sent,
    startedMs: Date.now(),
    status: null,
    headers: [],
    headersMs: null,
    chunks: [],
    text: '',
    bytes: 0,
    endMs: null,
    fault: null,
  };
  const change = (changes: Partial<Exchange>) => {
    exchange = { ...exchange, ...changes };
    onChange(exchange);
  };
  change({});
  try {
    const answer = await fetch(sent.path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(sent.clientKey !== '' && { authorization: `Bearer ${sent.clientKey}` }),
      },
      body: sent.body,
      cache: 'no-store',
      signal,
    });
    change({ status: answer.status, headers: [...answer.headers], headersMs: since() });
    const decoder = new TextDecoder();
    const reader = answer.body?.getReader();
    for (;;) {
      const read = await reader?.read();
      if (!read || read.done) break;
      const bytes = read.value.byteLength;
      const text = decoder.decode(read.value, { stream: true });
      const { chunks } = exchange;
      change({
        bytes: exchange.bytes + bytes,
        text: exchange.text.length < keptChars ? exchange.text + text : exchange.text,
        chunks: chunks.length < keptChunks ? [...chunks, { atMs: since(), bytes, text }] : chunks,
      });
    }
    change({ endMs: since() });
  } catch (error) {
    const fault = isAbort(error)
      ? 'Stopped here; the gateway was told to stop as well.'
      : 'The connection broke before the answer was whole. Is the gateway running?';
    change({ endMs: since(), fault });
  }
}
