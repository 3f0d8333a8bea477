/** Turns that other processes run: whether they still do, and the word to end one, said to that process wherever it is. */
import { NoRespondersError, RequestError, type NatsConnection } from '@nats-io/transport-node';
import { turnSubject } from '../../events/subjects.ts';

type Begun = Readonly<{ id: string; gatewayId: string; startId: string }>;

export type AliveTurns = Readonly<{
  /** False only when nobody runs it any more: its process says so, or is gone. */
  isAlive(turn: Begun): Promise<boolean>;
  /** True where its process has heard that it shall end. */
  cancel(turn: Begun): Promise<boolean>;
  /** May be called twice. */
  stop(): void;
}>;

const answerWithinMs = 2_000;
/** A process that has lost NATS for a moment comes back within this. */
const secondSightMs = 700;

const cancelWord = 'cancel ';

const hasNobody = (error: unknown): boolean =>
  error instanceof NoRespondersError || (error instanceof RequestError && error.isNoResponders());

/**
 * @param own the identity of this process, which another one of the same gateway has once it was started again.
 * @param here the turns of this process.
 */
export function createAliveTurns(
  nc: NatsConnection,
  own: Readonly<{ gatewayId: string; startId: string }>,
  here: Readonly<{ isRunning(turnId: string): boolean; cancel(turnId: string): boolean }>,
): AliveTurns {
  const utf8 = new TextDecoder();
  const subscription = nc.subscribe(turnSubject(own.gatewayId, own.startId), {
    callback: (error, message) => {
      if (error) return;
      const asked = utf8.decode(message.data);
      const isHere = asked.startsWith(cancelWord)
        ? here.cancel(asked.slice(cancelWord.length))
        : here.isRunning(asked);
      message.respond(isHere ? 'running' : 'over');
    },
  });

  const ask = async (subject: string, turnId: string): Promise<'running' | 'over' | 'gone'> => {
    try {
      const answer = await nc.request(subject, turnId, { timeout: answerWithinMs });
      return answer.string() === 'over' ? 'over' : 'running';
    } catch (error) {
      // Who is slow to answer may be at work.
      return hasNobody(error) ? 'gone' : 'running';
    }
  };

  return {
    async isAlive({ id, gatewayId, startId }) {
      if (gatewayId === own.gatewayId && startId === own.startId) return here.isRunning(id);
      const subject = turnSubject(gatewayId, startId);
      const first = await ask(subject, id);
      if (first !== 'gone') return first === 'running';
      // An earlier process of this very gateway: it ended before this one began.
      if (gatewayId === own.gatewayId) return false;
      await Bun.sleep(secondSightMs);
      return (await ask(subject, id)) === 'running';
    },
    async cancel({ id, gatewayId, startId }) {
      if (gatewayId === own.gatewayId && startId === own.startId) return here.cancel(id);
      const subject = turnSubject(gatewayId, startId);
      return (await ask(subject, cancelWord + id)) === 'running';
    },
    stop: () => subscription.unsubscribe(),
  };
}
