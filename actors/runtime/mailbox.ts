/** One actor's commands, one at a time, in the order they came. */
import { Refusal } from './refusal.ts';

export type Mailbox = Readonly<{
  /** Runs `work` after all that was put in before. @throws {Refusal} TOO_BUSY when `bound` are waiting. */
  put<Result>(work: () => Promise<Result>): Promise<Result>;
  waiting(): number;
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>;
}>;

export function createMailbox(name: string, bound = 1_000): Mailbox {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  return {
    put(work) {
      if (waiting >= bound) {
        throw new Refusal('TOO_BUSY', `${name} has ${bound} commands waiting; try again later`);
      }
      waiting += 1;
      const done = last.then(work).finally(() => {
        waiting -= 1;
      });
      last = done.catch(() => undefined);
      return done;
    },
    waiting: () => waiting,
    async idle() {
      while (waiting > 0) await last;
    },
  };
}
