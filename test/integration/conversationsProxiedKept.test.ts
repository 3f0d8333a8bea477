/** Turns through the proxy outlive their gateway, and stand nowhere in the clear. */
import { beforeAll, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiOf } from '../support/api.ts';
import { startTwoGateways, type GatewayProcess } from '../support/gatewayProcess.ts';
import { byHand, streams } from '../support/talking.ts';
import { until } from '../support/until.ts';
import type { Vendor } from '../support/vendor.ts';
import { stoppedAfterAll } from '../support/endings.ts';

const canary = 'canary-4712-Franzbroetchen';
const gateways = stoppedAfterAll(() => startTwoGateways(streams('Hello')));
let vendor: Vendor;
let one: GatewayProcess;
let other: GatewayProcess;
beforeAll(() => {
  ({ vendor, one, other } = gateways);
});

const chat = (gateway: GatewayProcess, id: string, content: string) =>
  fetch(`${gateway.url()}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-conversation-id': id },
    body: JSON.stringify({ model: 'gpt-5', stream: true, messages: [{ role: 'user', content }] }),
  });

test('a turn whose gateway was killed is interrupted by the next question, wherever that comes', async () => {
  const { script, opened } = byHand();
  vendor.does(script);
  vendor.forget();
  const answering = chat(one, 'killed', 'Tell me all').then((answer) => answer.text());
  answering.catch(() => undefined);
  await until('the provider is asked', () => opened.length === 1);
  await opened[0]!.say('So it began');
  const messages = async () =>
    (await apiOf(other.url)('GET', '/api/conversations/killed/messages')).json.data;
  await until('the progress is in the log', async () => (await messages()).length === 2);
  // It runs, and not here.
  expect((await chat(other, 'killed', 'And?')).status).toBe(409);
  await one.kill9();
  vendor.does(streams('Hello'));
  const next = await chat(other, 'killed', 'Go on');
  expect(next.status).toBe(200);
  expect(await next.text()).toContain('Hello');
  expect(await messages()).toMatchObject([
    { content: 'Tell me all', status: 'interrupted' },
    { content: 'So it began', status: 'interrupted' },
    { content: 'Go on', status: 'completed' },
    { content: 'Hello', status: 'completed' },
  ]);
  expect(vendor.arrived).toHaveLength(2);
  await one.restart();
}, 60_000);

test('what was said stands in no file, before and after it is erased', async () => {
  const filesWith = (bytes: string) =>
    [one.dataDir, other.dataDir, gateways.nats.folder].flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((file) => file.isFile())
        .map((file) => join(file.parentPath, file.name))
        .filter((path) => readFileSync(path).includes(bytes)),
    );
  const api = apiOf(other.url);
  await api('PATCH', '/api/settings/record_bodies', { value: true });
  vendor.does(streams(`${canary} answer`));
  await (await chat(other, 'canary', `${canary} question`)).text();
  vendor.does((_, reply) => reply.json(400, { error: { message: `${canary} refused` } }));
  await (await chat(other, 'canary', `${canary} again`)).text();
  const { text } = await api('GET', '/api/conversations/canary/messages');
  expect(text).toContain(`${canary} answer`);
  expect(filesWith(canary)).toEqual([]);
  expect((await api('DELETE', '/api/conversations/canary')).status).toBe(204);
  expect((await api('GET', '/api/conversations/canary/messages')).status).toBe(404);
  expect(filesWith(canary)).toEqual([]);
}, 60_000);
