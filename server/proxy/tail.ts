/** The end of a body that passes without being held. */

export type Tail = Readonly<{ push(chunk: Uint8Array): void; bytes(): Uint8Array }>;

/** Room for what an answer says of itself after its pictures. */
const keptBytes = 16 * 1024;

export function keepTail(): Tail {
  let kept: Uint8Array = new Uint8Array(0);
  return {
    push(chunk) {
      const all = chunk.length >= keptBytes ? chunk : Buffer.concat([kept, chunk]);
      kept = all.slice(Math.max(0, all.length - keptBytes));
    },
    bytes: () => kept,
  };
}
