/** An actor's commands run one at a time, in the order they came. */
import { expect, test } from 'bun:test';
import { createMailbox } from '../../actors/runtime/mailbox.ts';
import { Refusal } from '../../actors/runtime/refusal.ts';

test('work runs in the order it was put in, never two at once', async () => {
  const mailbox = createMailbox('provider-key a');
  const story: string[] = [];
  const work = (name: string, turns: number) => async () => {
    story.push(`${name} begins`);
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    story.push(`${name} ends`);
    return name;
  };
  const answers = [
    mailbox.put(work('slow', 20)),
    mailbox.put(work('quick', 0)),
    mailbox.put(work('last', 3)),
  ];
  expect(mailbox.waiting()).toBe(3);
  expect(await Promise.all(answers)).toEqual(['slow', 'quick', 'last']);
  expect(story).toEqual(
    ['slow', 'quick', 'last'].flatMap((name) => [`${name} begins`, `${name} ends`]),
  );
  expect(mailbox.waiting()).toBe(0);
});

test('work that fails tells its caller, and the next one runs', async () => {
  const mailbox = createMailbox('provider-key a');
  const failing = mailbox.put(() => Promise.reject(new Error('no')));
  const throwing = mailbox.put(() => {
    throw new Error('thrown');
  });
  const fine = mailbox.put(() => Promise.resolve('yes'));
  await expect(failing).rejects.toThrow('no');
  await expect(throwing).rejects.toThrow('thrown');
  expect(await fine).toBe('yes');
});

test('a full mailbox says so at once and takes more when there is room', async () => {
  const mailbox = createMailbox('provider-key a', 2);
  const { promise, resolve } = Promise.withResolvers<string>();
  const first = mailbox.put(() => promise);
  const second = mailbox.put(() => Promise.resolve('second'));
  let refusal: unknown;
  try {
    void mailbox.put(() => Promise.resolve('third'));
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(Refusal);
  expect((refusal as Refusal).code).toBe('TOO_BUSY');
  expect((refusal as Refusal).message).toContain('provider-key a');
  resolve('first');
  expect(await Promise.all([first, second])).toEqual(['first', 'second']);
  expect(await mailbox.put(() => Promise.resolve('later'))).toBe('later');
});

test('it is idle only once what was put in meanwhile is done too', async () => {
  const mailbox = createMailbox('provider-key a');
  let done = 0;
  const putAnother = () =>
    void mailbox.put(async () => {
      await Promise.resolve();
      done += 1;
      if (done < 5) putAnother();
    });
  putAnother();
  await mailbox.idle();
  expect(done).toBe(5);
  await mailbox.idle();
});
