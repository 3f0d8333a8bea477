/** Opens a stream and keeps all that was read for it, so that it can be read once more from its beginning. */
import { openStream, type OpenedStream, type OpeningOptions } from '../openStream.ts';

/** @throws what `openStream` throws. */
export async function taped(options: OpeningOptions): Promise<OpenedStream> {
  const { reader } = options;
  const first: Uint8Array[] = [];
  const read: typeof reader.read = async () => {
    const result = await reader.read();
    // Whoever reads it first may keep pieces of it for himself.
    if (!result.done) first.push(result.value.slice());
    return result;
  };
  await openStream({ ...options, reader: { read } });
  return { reader, first };
}
