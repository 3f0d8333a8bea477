/** The way between gateway processes takes what one of them signed just now, and nothing else. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats } from '../../events/connection.ts';
import { doorSubject } from '../../events/subjects.ts';
import { openDoor, type Door, type Visit } from '../../server/mcp/sessions/door.ts';
import { startNatsServer, type TestNatsServer } from '../support/natsServer.ts';

let nats: TestNatsServer;
let nc: NatsConnection;
const doors: Door[] = [];
const came: Visit[] = [];
const errors: unknown[] = [];
let nowMs = 1_000_000;

const door = (gatewayId: string, secret = 'common'): Door => {
  const opened = openDoor({
    nc,
    gatewayId,
    secret,
    host: '127.0.0.1',
    now: () => nowMs,
    answer(visit) {
      came.push(visit);
      return Response.json({ heldBy: gatewayId });
    },
    onError: (error) => errors.push(error),
  });
  doors.push(opened);
  return opened;
};
const visit = (): Visit => ({
  request: new Request('http://gateway/mcp', {
    method: 'POST',
    headers: { 'mcp-session-id': 'one', 'x-api-key': 'a-secret' },
  }),
  sessionId: 'one',
  view: null,
  owner: 'ann & co',
  body: { hello: true },
});

beforeAll(async () => {
  nats = await startNatsServer();
  nc = await connectNats(nats.connectOptions());
});
afterAll(async () => {
  await Promise.all(doors.map((one) => one.stop()));
  await nc.close();
  await nats.stop();
});

test('a request is handed over with its client, and without the key of that', async () => {
  const from = door('from-1');
  door('to-1');
  const answer = await from.handOver('to-1', visit());
  expect(await answer.json()).toEqual({ heldBy: 'to-1' });
  const [one] = came.splice(0);
  expect(one).toMatchObject({
    owner: 'ann & co',
    view: null,
    sessionId: 'one',
    body: { hello: true },
  });
  expect(one?.request.headers.get('x-api-key')).toBeNull();
});

test('who does not know the secret is turned away, and so is a signature of before', async () => {
  door('to-2');
  const said = (await nc.request(doorSubject('to-2'))).string();
  const [url = ''] = said.split(' ');
  const headers = { 'mcp-session-id': 'one', 'x-signalbox-owner': 'ann', 'x-api-key': 'a-secret' };
  expect((await fetch(url, { headers })).status).toBe(403);
  const signature = { 'x-signalbox-signature': `${nowMs}.${'0'.repeat(64)}` };
  expect((await fetch(url, { headers: { ...headers, ...signature } })).status).toBe(403);
  const stranger = door('stranger-1', 'another secret');
  expect((await stranger.handOver('to-2', visit())).status).toBe(403);
  const late = openDoor({
    nc,
    gatewayId: 'late-1',
    secret: 'common',
    host: '127.0.0.1',
    now: () => nowMs - 60_000,
    answer: () => new Response(),
    onError: (error) => errors.push(error),
  });
  doors.push(late);
  expect((await late.handOver('to-2', visit())).status).toBe(403);
  expect(came).toEqual([]);
});

test('where the holder is gone the session is too, and another of its name is found', async () => {
  const from = door('from-3');
  expect((await from.handOver('nobody-1', visit())).status).toBe(404);
  const holder = door('to-3');
  expect((await from.handOver('to-3', visit())).status).toBe(200);
  await holder.stop();
  nowMs += 1;
  expect((await from.handOver('to-3', visit())).status).toBe(404);
  door('to-3');
  expect((await from.handOver('to-3', visit())).status).toBe(200);
  expect(errors).toEqual([]);
});
