/** Wrong passwords: told apart by nobody, counted in the log, and ever slower. */
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { actorId } from '../../events/ids.ts';
import { apiOf, expectProblem, type Answer, type Api } from '../support/api.ts';
import { testGateway, type TestGateway } from '../support/gateway.ts';
import { until } from '../support/until.ts';

const password = 'correct horse battery staple';
let gateway: TestGateway;
let api: Api;

beforeEach(async () => {
  gateway = await testGateway({ env: { MIDDLEWARE_PASSWORD: password } });
  api = apiOf(gateway.url);
});
afterEach(() => gateway.stop());

const wrong = (more = {}) => api('POST', '/api/login', { password: 'wrong', ...more });
const untilBlocked = async (): Promise<Answer> => {
  let answer = await wrong();
  for (let tries = 0; answer.status === 401 && tries < 10; tries++) answer = await wrong();
  return answer;
};

test('a wrong user and a wrong password are the same to the outside', async () => {
  const user = await wrong({ username: 'nobody', password });
  const secret = await wrong();
  expectProblem(user, 401, 'WRONG_PASSWORD');
  expect(user.json.detail).toBe(secret.json.detail);
});

test('after a few the next try waits, however right it is', async () => {
  const blocked = await untilBlocked();
  expectProblem(blocked, 429, 'LOGIN_BLOCKED');
  expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expectProblem(await api('POST', '/api/login', { password }), 429, 'LOGIN_BLOCKED');
  await until('the block is over', async () => {
    const { status } = await api('POST', '/api/login', { password });
    return status === 200;
  });
});

test('twenty guesses at once gain nothing over one after the other', async () => {
  const guesses = await Promise.all(Array.from({ length: 20 }, () => wrong()));
  const checked = guesses.filter(({ status }) => status === 401).length;
  expect(guesses.filter(({ status }) => status === 429)).toHaveLength(20 - checked);
  const events = await gateway.log.read({ kind: 'operator', id: actorId('admin') });
  expect(events).toHaveLength(checked);
  expect(checked).toBeLessThan(5);
});

test('a header does not make another address, and a restart forgets nothing', async () => {
  await untilBlocked();
  const elsewhere = { 'x-forwarded-for': '198.51.100.7', 'x-real-ip': '198.51.100.7' };
  const right = await api('POST', '/api/login', { password }, elsewhere);
  expectProblem(right, 429, 'LOGIN_BLOCKED');

  let again = await wrong();
  await until('one more wrong try was looked at, which blocks for longer', async () => {
    again = await wrong();
    return again.status === 401;
  });
  await gateway.restart();
  expectProblem(await api('POST', '/api/login', { password }), 429, 'LOGIN_BLOCKED');
});
