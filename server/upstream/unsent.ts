/** What a socket has not taken yet, in the order in which it was given. */

export type Unsent = Readonly<{
  add(bytes: Uint8Array): void;
  isEmpty(): boolean;
  /** Gives the socket as much as it takes; the rest when it has drained. */
  writeTo(socket: Readonly<{ write(bytes: Uint8Array): number }>): void;
}>;

export function createUnsent(): Unsent {
  const waiting: Uint8Array[] = [];
  return {
    add: (bytes) => void waiting.push(bytes),
    isEmpty: () => waiting.length === 0,
    writeTo(socket) {
      for (let bytes = waiting[0]; bytes; bytes = waiting[0]) {
        const written = Math.max(0, socket.write(bytes));
        if (written < bytes.byteLength) {
          waiting[0] = bytes.subarray(written);
          return;
        }
        waiting.shift();
      }
    },
  };
}
