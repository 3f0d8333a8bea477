/** How many calls a server is given at once: the others wait in line, and the line has an end. */
import type { ActorId } from '../../../events/ids.ts';

/** The server has more to do than it may be given. The call was not sent. */
export class TooBusy extends Error {
  override readonly name = 'TooBusy';
}

export type Gates = Readonly<{
  /**
   * Counts a call in, at once or when its turn comes. Wants one `leave` for each time it resolves.
   * @throws {TooBusy} where the line is full, or does not move for too long
   * @throws what the signal was aborted with
   */
  enter(server: ActorId, most: number, signal: AbortSignal | undefined): Promise<void> | undefined;
  leave(server: ActorId): void;
  underWay(server: ActorId): number;
  waiting(server: ActorId): number;
}>;

type Gate = { most: number; underWay: number; readonly line: (() => void)[] };

export function createGates({ mostWaiting = 1_000, waitMs = 30_000 } = {}): Gates {
  const gates = new Map<ActorId, Gate>();

  const wait = (gate: Gate, server: ActorId, signal: AbortSignal | undefined): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const step = () => {
      over();
      resolve();
    };
    const giveUp = (error: unknown) => {
      over();
      const at = gate.line.indexOf(step);
      if (at >= 0) gate.line.splice(at, 1);
      reject(error);
    };
    const busy = () =>
      giveUp(
        new TooBusy(
          `MCP server ${server} had ${gate.most} calls under way for ${waitMs / 1_000} s, as many as it may have at once; try again later`,
        ),
      );
    const aborted = () => giveUp(signal?.reason);
    const timer = setTimeout(busy, waitMs);
    const over = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
    };
    signal?.addEventListener('abort', aborted, { once: true });
    gate.line.push(step);
    return promise;
  };

  return {
    enter(server, most, signal) {
      signal?.throwIfAborted();
      const gate = gates.get(server) ?? { most, underWay: 0, line: [] };
      gates.set(server, gate);
      gate.most = most;
      if (gate.underWay < most) {
        gate.underWay += 1;
        return undefined;
      }
      if (gate.line.length >= mostWaiting)
        throw new TooBusy(
          `MCP server ${server} has ${most} calls under way, as many as it may have at once, and ${mostWaiting} that wait; try again later`,
        );
      return wait(gate, server, signal);
    },
    leave(server) {
      const gate = gates.get(server);
      if (!gate) return;
      gate.underWay -= 1;
      while (gate.underWay < gate.most) {
        const next = gate.line.shift();
        if (!next) break;
        gate.underWay += 1;
        next();
      }
      if (gate.underWay === 0 && gate.line.length === 0) gates.delete(server);
    },
    underWay: (server) => gates.get(server)?.underWay ?? 0,
    waiting: (server) => gates.get(server)?.line.length ?? 0,
  };
}
