/** Files, batches, responses and calls belong to the key that made them. */
import { afterEach, beforeAll, describe, expect, test } from 'bun:test';
import OpenAI, { toFile } from 'openai';
import { recordOf, requestId } from '../support/factsOf.ts';
import { keysNamed, startProxied } from '../support/proxied.ts';
import { formOf } from '../support/vendor.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const gateway = stoppedAfterAll(() =>
  startProxied({ keys: { openai: keysNamed('one', 'two', 'tri') } }),
);
let client: OpenAI;
beforeAll(() => {
  client = new OpenAI({ apiKey: 'any', baseURL: `${gateway.url()}/v1`, maxRetries: 0 });
});
afterEach(() => gateway.vendor.forget());

const answers = (body: object) => gateway.vendor.does((_request, reply) => reply.json(200, body));
const sound = Buffer.from('RIFF');

describe('What one key made', () => {
  /** The key that a request went to. */
  const keyOf = async (ask: () => PromiseLike<unknown>) => {
    await ask();
    return gateway.vendor.last().key;
  };

  test.each([
    [
      'a file',
      { id: 'file-7', object: 'file' },
      async () => client.files.create({ file: await toFile(sound, 'a'), purpose: 'batch' }),
      [
        () => client.files.content('file-7'),
        () =>
          client.batches.create({
            input_file_id: 'file-7',
            endpoint: '/v1/responses',
            completion_window: '24h',
          }),
      ],
    ],
    [
      'a batch',
      { id: 'batch_7', output_file_id: 'file-8' },
      () =>
        client.batches.create({
          input_file_id: 'file-unknown',
          endpoint: '/v1/responses',
          completion_window: '24h',
        }),
      [() => client.batches.retrieve('batch_7'), () => client.batches.cancel('batch_7')],
    ],
    [
      'a response, and what is in it',
      {
        id: 'resp_7',
        object: 'response',
        output: [
          { type: 'message', id: 'msg_7', content: [] },
          { type: 'code_interpreter_call', id: 'ci_7', container_id: 'cntr_7' },
        ],
      },
      () => client.responses.create({ model: 'gpt-5', input: 'Hi' }),
      [
        () => client.responses.retrieve('resp_7'),
        () => client.responses.inputItems.list('resp_7'),
        () =>
          client.responses.create({
            model: 'gpt-5',
            input: [{ type: 'item_reference', id: 'msg_7' }],
          }),
        () => client.containers.files.list('cntr_7'),
      ],
    ],
  ] as const)('%s stays with that key', async (_what, made, make, follow) => {
    answers(made);
    const maker = await keyOf(make);
    for (const ask of follow) {
      // One after another, the ring would give each of three keys in turn.
      for (let turn = 0; turn < 2; turn += 1) expect(await keyOf(ask)).toBe(maker);
    }
  });

  test('a call stays with the key that began it', async () => {
    gateway.vendor.does((_request, reply) =>
      reply.send(201, 'v=0', {
        'content-type': 'application/sdp',
        location: '/v1/realtime/calls/rtc_7',
      }),
    );
    const form = new FormData();
    form.set('sdp', 'v=0');
    form.set('session', '{"type":"realtime","model":"openai/gpt-realtime"}');
    const answer = await fetch(`${gateway.url()}/v1/realtime/calls`, {
      method: 'POST',
      body: form,
    });
    expect(answer.status).toBe(201);
    expect((await recordOf(gateway, requestId(answer))).model).toBe('gpt-realtime');
    const arrived = await formOf(gateway.vendor.last());
    expect(arrived.get('session')).toBe('{"type":"realtime","model":"gpt-realtime"}');
    const maker = gateway.vendor.last().key;
    for (let turn = 0; turn < 3; turn += 1)
      expect(await keyOf(() => client.realtime.calls.hangup('rtc_7'))).toBe(maker);
  });
});
