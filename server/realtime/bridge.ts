/** One session: two WebSockets, and what goes from one to the other at the pace of the slower. */
import type { ServerWebSocket } from 'bun';
import {
  closeTowards,
  forClient,
  providerSilent,
  providerStalled,
  tooSlow,
  type Ending,
} from './closing.ts';
import type { Line, Message } from './line.ts';

export type Client = Pick<
  ServerWebSocket<unknown>,
  'send' | 'close' | 'pause' | 'resume' | 'terminate'
>;

/** What Bun's server calls as things happen at the client's end. */
export type Bridge = Readonly<{
  opened(client: Client): void;
  fromClient(message: Message): void;
  /** The client took what it had been too slow for. */
  drained(): void;
  clientClosed(code: number, reason: string): void;
  /** Ends the session from here. */
  end(ending: Ending): void;
  /** To be called every `beatMs`: finds out whether the vendor is still there. */
  beat(): void;
}>;

export type BridgeOptions = Readonly<{
  line: Line;
  /** Answers with why the session must end at this message, or null. */
  onClientMessage: (message: Message, bytes: number) => Ending | null;
  onVendorMessage: (message: Message, bytes: number) => void;
  /** Called once. */
  onEnd: (ending: Ending) => void;
}>;

export const beatMs = 30_000;
/** So much may wait for the vendor before the client is no longer read. */
const highWaterBytes = 1024 * 1024;
const lowWaterBytes = 256 * 1024;
/** A client's WebSocket in Bun does not tell when it was drained. */
const lookEveryMs = 20;
const stalledMs = 120_000;
/** A peer that does not answer a close is left. */
const closingMs = 5_000;

const sizeOf = (message: Message): number => Buffer.byteLength(message);

export function bridge({ line, onClientMessage, onVendorMessage, onEnd }: BridgeOptions): Bridge {
  const { socket, early } = line;
  let client: Client | undefined;
  let over: Ending | undefined;
  let drainTimer: ReturnType<typeof setInterval> | undefined;
  let silentBeats = 0;

  const end = (ending: Ending) => {
    if (over) return;
    over = ending;
    clearInterval(drainTimer);
    // A closing handshake is read, too.
    if (socket.isPaused) socket.resume();
    const { code, reason } = forClient(ending);
    if (ending.by !== 'client') client?.close(code, reason);
    if (ending.by !== 'vendor') closeTowards(socket, ending);
    setTimeout(() => {
      socket.terminate();
      if (ending.by !== 'client') client?.terminate();
    }, closingMs).unref();
    onEnd(ending);
  };

  const toClient = (message: Message) => {
    if (over) return;
    onVendorMessage(message, sizeOf(message));
    const sent = client?.send(message) ?? 0;
    if (sent === 0) end(tooSlow);
    else if (sent < 0) socket.pause();
  };

  socket.onmessage = ({ data }) => {
    silentBeats = 0;
    const message = data as Message;
    if (client) toClient(message);
    else early.push(message);
  };
  socket.addEventListener('pong', () => {
    silentBeats = 0;
  });
  socket.onerror = () => {};
  socket.onclose = ({ code, reason }) => end({ by: 'vendor', code, reason });

  /** Reads nothing more of the client until the vendor took what there is. */
  const waitForVendor = () => {
    if (drainTimer || socket.bufferedAmount <= highWaterBytes) return;
    const sinceMs = performance.now();
    client?.pause();
    drainTimer = setInterval(() => {
      if (socket.bufferedAmount <= lowWaterBytes) {
        clearInterval(drainTimer);
        drainTimer = undefined;
        client?.resume();
      } else if (performance.now() - sinceMs > stalledMs) end(providerStalled);
    }, lookEveryMs);
  };

  return {
    opened(opened) {
      client = opened;
      if (over) {
        const { code, reason } = forClient(over);
        client.close(code, reason);
        return;
      }
      for (const message of early.splice(0)) toClient(message);
      if (line.closed) end({ by: 'vendor', ...line.closed });
      else if (!over) socket.resume();
    },
    fromClient(message) {
      if (over) return;
      const barred = onClientMessage(message, sizeOf(message));
      if (barred) {
        end(barred);
        return;
      }
      socket.send(message);
      waitForVendor();
    },
    drained() {
      if (!over) socket.resume();
    },
    clientClosed: (code, reason) => end({ by: 'client', code, reason }),
    end,
    beat() {
      // What is not read cannot answer.
      if (over || socket.isPaused) return;
      silentBeats += 1;
      if (silentBeats > 3) end(providerSilent);
      else socket.ping();
    },
  };
}
