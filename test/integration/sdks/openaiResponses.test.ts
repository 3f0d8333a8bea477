/** The Responses API of OpenAI's SDK through the gateway: the same as without it. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import type OpenAI from 'openai';
import { finishedRequests } from '../../support/factsOf.ts';
import { responsesRoutes } from '../../support/openAiResponsesVendor.ts';
import { startTwins } from '../../support/sdkTwins.ts';
import { routed } from '../../support/sdkVendor.ts';
import { openAiAt, openAis } from '../../support/sdkVersions.ts';
import { until } from '../../support/until.ts';
import { stoppedAfterAll } from '../../support/endings.ts';

setDefaultTimeout(60_000);

const twins = stoppedAfterAll(() => startTwins(routed(responsesRoutes)));

const ask = { model: 'gpt-5', input: 'How warm is it?' };

describe.each(openAis)('%s', (_name, Sdk) => {
  const same = <Result>(call: (client: OpenAI) => PromiseLike<Result>): Promise<Result> =>
    twins.same((options) => openAiAt(Sdk, options), call);

  test('gets a response, with its text put together', async () => {
    const answer = await same((client) => client.responses.create(ask));
    expect(answer.output_text).toStartWith('Grüße');
  });

  test('gets every event of a stream, in order', async () => {
    const types = await same(async (client) => {
      const seen: string[] = [];
      for await (const { type } of await client.responses.create({ ...ask, stream: true }))
        seen.push(type);
      return seen;
    });
    expect(types.at(0)).toBe('response.created');
    expect(types.at(-1)).toBe('response.completed');
  });

  test('puts a stream together: text, reasoning, the arguments of a call', async () => {
    const final = await same((client) => client.responses.stream(ask).finalResponse());
    const call = final.output.find(({ type }) => type === 'function_call');
    expect(call).toMatchObject({ name: 'weather', arguments: expect.stringContaining('Köln') });
    expect(final.output_text).toEndWith('warm');
    await until('it is recorded', async () =>
      (await finishedRequests(twins.gateway)).some(
        ({ data }) => data.streamed && data.usage?.reasoningTokens === 5,
      ),
    );
  });

  test('reads a stream again, from the beginning or from where it was', async () => {
    const types = await same(async (client) => {
      const seen: string[] = [];
      for await (const { type } of await client.responses.retrieve('resp_1', {
        stream: true,
        starting_after: 3,
      }))
        seen.push(type);
      return seen;
    });
    expect(types.at(-1)).toBe('response.completed');
  });

  test('goes on with a response, asks for one in the background, and ends it', async () => {
    await same((client) => client.responses.create({ ...ask, previous_response_id: 'resp_1' }));
    await same((client) => client.responses.create({ ...ask, background: true, store: true }));
    await same((client) => client.responses.retrieve('resp_1'));
    await same((client) => client.responses.cancel('resp_1'));
    await same((client) => client.responses.delete('resp_1'));
    await same((client) => client.conversations.create({}));
  });

  test('walks through the pages of what was put in', async () => {
    const walked = await same(async (client) => {
      const seen: (string | undefined)[] = [];
      for await (const item of client.responses.inputItems.list('resp_1', { limit: 2 }))
        seen.push(item.id);
      return seen;
    });
    expect(walked).toEqual(['msg_a', 'msg_b', 'msg_c']);
  });
});
