/** A route whose first target is down is answered by the next one, until the first is back. */
import { describe, expect, test } from 'bun:test';
import { isIn, says, soon, timesAsked } from '../support/outage.ts';
import { answersWell, keysNamed, startProxied, type Proxied } from '../support/proxied.ts';
import { until } from '../support/until.ts';
import { startVendor, type Script } from '../support/vendor.ts';
import { stoppedAfterEach } from '../support/endings.ts';

const [one = ''] = keysNamed('one');
const startGateway = stoppedAfterEach(startProxied);
const startBackup = stoppedAfterEach(startVendor);

describe("A route's first target that is down", () => {
  const post = (gateway: Proxied, path: string, body: object) => gateway.post(path, body);

  /** A route `chat`: openai, else a provider at another address. */
  async function startRoute(script: Script, env: Readonly<Record<string, string>> = {}) {
    const gateway = await startGateway({
      keys: { openai: [one] },
      env,
      limits: { transientPauseMs: 1 },
      script,
    });
    const backup = await startBackup(answersWell);
    const provider = { name: 'Backup', dialect: 'openai', base_url: backup.url, auth: 'none' };
    expect((await post(gateway, '/api/providers', provider)).status).toBe(201);
    const targets = [
      { provider: 'openai', model: 'gpt-5' },
      { provider: 'backup', model: 'llama' },
    ];
    const route = { name: 'chat', strategy: 'fallback', targets };
    expect((await post(gateway, '/api/models', route)).status).toBe(201);
    const ask = async () => {
      const answer = await gateway.ask('openai', { model: 'chat' });
      return [answer.status, answer.headers.get('x-signalbox-model')];
    };
    return { gateway, backup, ask };
  }

  test('is served around without a failure, and returned to', async () => {
    const { gateway, ask } = await startRoute(says(500), soon);
    for (let asked = 0; asked < 2; asked++) expect(await ask()).toEqual([200, 'backup/llama']);
    expect(timesAsked(gateway.vendor)).toBe(5);
    gateway.vendor.forget();
    expect(await ask()).toEqual([200, 'backup/llama']);
    expect(timesAsked(gateway.vendor)).toBe(0);
    await isIn(gateway, ['half-open']);
    // A probe that fails is no matter for the client either.
    expect(await ask()).toEqual([200, 'backup/llama']);
    expect(timesAsked(gateway.vendor)).toBe(1);
    gateway.vendor.does(answersWell);
    await until('it is returned to', async () => (await ask())[1] === 'openai/gpt-5');
    await isIn(gateway, ['closed']);
    expect(await ask()).toEqual([200, 'openai/gpt-5']);
  });

  test('leaves 503 and a short time when the last one is down too', async () => {
    const { gateway, backup, ask } = await startRoute(says(500));
    backup.does(says(502));
    for (let asked = 0; asked < 3; asked++) expect((await ask())[0]).toBeOneOf([500, 502, 503]);
    await isIn(gateway, ['open']);
    const answer = await gateway.ask('openai', { model: 'chat' });
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeWithin(1, 6);
  });
});
