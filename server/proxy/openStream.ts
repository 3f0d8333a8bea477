/** Waits for the first event of a stream: until then another key or target may still answer. */
import type { StreamWatch } from './dialect.ts';
import {
  AnswerEndedEarly,
  errorUnderSuccess,
  insteadOfStream,
  isJsonBegun,
  type Head,
} from './falseAnswer.ts';
import type { BodyReader } from './upstream.ts';

/** A stream whose first event has come and whose first byte the client has not got yet. */
export type OpenedStream = Readonly<{ reader: BodyReader; first: readonly Uint8Array[] }>;

export type OpeningOptions = Readonly<{
  reader: BodyReader;
  watch: StreamWatch;
  head: Head;
  /** What was made before is read again: then its failure is the answer. */
  isRead: boolean;
  /** So much is read of an answer that is no stream. */
  errorBytes: number;
}>;

/** Comments and the like that come before the first event: more of them passes as it comes. */
const mostFirstBytes = 1024 * 1024;

/** @throws when the upstream breaks or ends before the first event, or what it says is no answer. */
export async function openStream(options: OpeningOptions): Promise<OpenedStream> {
  const { reader, watch, head, isRead } = options;
  const first: Uint8Array[] = [];
  let size = 0;
  while (!watch.sawEvent() && size <= mostFirstBytes) {
    const { done, value } = await reader.read();
    if (done) {
      if (watch.end() !== 'truncated' && watch.sawEvent()) break;
      throw new AnswerEndedEarly('the stream ended before its first event');
    }
    if (size === 0 && isJsonBegun(value)) {
      throw insteadOfStream(head, await readMost(reader, value, options.errorBytes));
    }
    size += value.byteLength;
    const passing = watch.push(value);
    if (passing.byteLength > 0) first.push(passing);
    const failure = watch.failure();
    if (failure !== null && !isRead) throw errorUnderSuccess(head, failure);
    if (watch.isMalformed()) throw new AnswerEndedEarly('the first event is malformed');
  }
  return { reader, first };
}

async function readMost(reader: BodyReader, begun: Uint8Array, mostBytes: number) {
  const pieces = [begun];
  for (let size = begun.byteLength; size < mostBytes;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    size += value.byteLength;
  }
  return Buffer.concat(pieces);
}
