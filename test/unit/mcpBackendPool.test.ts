/** Which backends are named, and whose turn it is. */
import { afterAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endpointOf } from '../../server/mcp/backends/ask.ts';
import { createWheel } from '../../server/mcp/backends/wheel.ts';
import { createPoolOf } from '../../server/mcp/backends/written.ts';
import { readConfig } from '../../server/config.ts';

const poolOf = createPoolOf({
  named: [
    { name: 'mcp1', url: 'http://one:8000' },
    { name: 'mcp2', url: 'http://two:8000/mcp' },
  ],
  variables: { TOKEN: 'from-outside' },
});

describe('the wheel', () => {
  const [primary, secondary] = [
    { name: 'primary', weight: 3 },
    { name: 'secondary', weight: 1 },
  ];
  const turns = (
    wheel: ReturnType<typeof createWheel>,
    candidates: (typeof primary)[],
    n: number,
  ) => Array.from({ length: n }, () => wheel.next(candidates)?.name);

  test('gives each its share exactly, and never in one burst', () => {
    const all = [
      { name: 'a', weight: 5 },
      { name: 'b', weight: 1 },
      { name: 'c', weight: 1 },
    ];
    expect(turns(createWheel(), all, 7)).toEqual(['a', 'a', 'b', 'a', 'c', 'a', 'a']);
  });

  test('stays exact after one was away for a while', () => {
    const wheel = createWheel();
    turns(wheel, [primary, secondary], 10);
    expect(new Set(turns(wheel, [secondary], 10))).toEqual(new Set(['secondary']));
    const after = turns(wheel, [primary, secondary], 400);
    const share = after.filter((name) => name === 'primary').length;
    expect(Math.abs(share - 300)).toBeLessThanOrEqual(3);
  });

  test('has nobody to name where there is nobody', () => {
    expect(createWheel().next([])).toBeUndefined();
  });
});

describe('the pool', () => {
  test('is what MCP_BACKENDS names, each with the same share', () => {
    const { backends, balancer } = poolOf(undefined);
    expect(backends.map(({ name, weight, source }) => [name, weight, source])).toEqual([
      ['mcp1', 1, 'environment'],
      ['mcp2', 1, 'environment'],
    ]);
    expect(balancer).toMatchObject({
      checkEveryMs: 30_000,
      unhealthyAfter: 3,
      healthyAfter: 2,
      drainMs: 600_000,
    });
  });

  test('takes weights, health paths and thresholds of the file, and its further backends', () => {
    const { backends, balancer } = poolOf({
      backends: [
        { name: 'mcp1', weight: 3, health_check: '/alive', timeout: 30 },
        { name: 'third', url: 'http://three:8000', headers: { authorization: 'Bearer ${TOKEN}' } },
      ],
      load_balancer: {
        strategy: 'weighted_round_robin',
        health_check_interval: 10,
        unhealthy_threshold: 5,
        healthy_threshold: 1,
        drain_timeout: 30,
      },
    });
    expect(backends).toMatchObject([
      { name: 'mcp1', weight: 3, healthPath: '/alive', timeoutMs: 30_000, source: 'environment' },
      { name: 'mcp2', weight: 1, healthPath: '/health' },
      { name: 'third', headers: { authorization: 'Bearer from-outside' }, source: 'file' },
    ]);
    expect(balancer).toMatchObject({
      checkEveryMs: 10_000,
      unhealthyAfter: 5,
      healthyAfter: 1,
      drainMs: 30_000,
    });
  });

  test.each([
    ['a backend without a url', { backends: [{ name: 'third' }] }, 'third has no url'],
    ['two of one name', { backends: [{ name: 'mcp1' }, { name: 'MCP1' }] }, 'the same name'],
    ['another strategy', { load_balancer: { strategy: 'random' } }, 'load_balancer.strategy'],
    ['no weight', { backends: [{ name: 'mcp1', weight: 0 }] }, 'backends.0.weight'],
    [
      'a variable that is not set',
      { backends: [{ name: 'mcp1', headers: { a: '${NOT_SET}' } }] },
      'NOT_SET',
    ],
    ['a user in the url', { backends: [{ name: 'x', url: 'http://u:p@x' }] }, 'without a user'],
  ])('refuses %s and says where', (_, held, fault) => {
    expect(() => poolOf(held)).toThrow(fault);
  });
});

describe('the address of a server', () => {
  const [plain, endpoint] = poolOf({
    backends: [{ name: 'mcp2', url: 'http://ignored' }],
  }).backends;

  test('is /mcp where the url has no path, and has the name of the server behind a gateway', () => {
    if (!plain || !endpoint) throw new Error('two are named');
    expect(endpointOf(plain, 'default').href).toBe('http://one:8000/mcp');
    expect(endpointOf(plain, 'filesystem').href).toBe('http://one:8000/mcp/filesystem');
    expect(endpointOf(endpoint, 'default').href).toBe('http://two:8000/mcp');
    const deep = { ...plain, url: new URL('http://one:8000/tools/rpc?v=2') };
    expect(endpointOf(deep, 'default').href).toBe('http://one:8000/tools/rpc?v=2');
  });
});

describe('MCP_BACKENDS', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'signalbox-backends-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));
  const named = (text: string) => readConfig({ MCP_BACKENDS: text, DATA_DIR: dataDir }).mcpBackends;

  test('is a list of names and urls', () => {
    expect(named('mcp1:http://mcp-middleware-1:8000, mcp2:https://two.example/mcp')).toEqual([
      { name: 'mcp1', url: 'http://mcp-middleware-1:8000' },
      { name: 'mcp2', url: 'https://two.example/mcp' },
    ]);
  });

  test.each([
    ['a url without a name', 'http://one:8000', 'entry 1 of 1'],
    ['what is no url', 'a:http://one:8000,b:two', 'entry 2 of 2'],
    ['a user in a url', 'a:http://u:secret-word@one:8000', 'without a user'],
    ['one name twice', 'a:http://one:8000,A:http://two:8000', 'one name to two'],
    ['the gateway itself', 'a:http://127.0.0.1:8080', 'this gateway itself'],
  ])('refuses %s', (_, text, fault) => {
    expect(() => named(text)).toThrow(fault);
    expect(() => named(text)).not.toThrow('secret-word');
  });
});
