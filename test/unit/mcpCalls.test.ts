/** What stands between the call of a tool and its server: policy, arguments, the line, and what is kept. */
import { describe, expect, test } from 'bun:test';
import { actorId } from '../../events/ids.ts';
import type { Client } from '../../server/access/clients.ts';
import { createArgumentsCheck } from '../../server/mcp/call/argumentsCheck.ts';
import { createGates, TooBusy } from '../../server/mcp/call/gates.ts';
import { isTooDeep } from '../../server/mcp/call/limits.ts';
import { toolRules } from '../../server/mcp/call/rules.ts';
import { createAllowedTools } from '../../server/mcp/config/allowed.ts';
import { callRulesOf } from '../../server/mcp/config/callRules.ts';
import { createPolicy } from '../../server/mcp/policy.ts';

const server = actorId('one');
const clientWith = (tools: readonly string[] | null, clientId = 'ann'): Client => ({
  keyId: actorId('key'),
  clientId,
  scopes: ['*'],
  models: null,
  tools,
  allowance: null,
  recordBodies: false,
});

describe('a policy', () => {
  const policy = createPolicy(
    createAllowedTools({ toolsOf: (id) => (id === 'ann' ? ['one_*'] : []) }, false),
  );

  test('allows what both the list of users and the key allow', () => {
    const limited = clientWith(['*_read', 'two_*']);
    expect(policy.allowsTool(limited, { server, own: 'read' })).toBe(true);
    expect(policy.allowsTool(limited, { server, own: 'write' })).toBe(false);
    expect(policy.allowsTool(limited, { server: actorId('two'), own: 'read' })).toBe(false);
    expect(policy.allowsServer(limited, actorId('two'))).toBe(false);
    expect(policy.allowsServer(limited, server)).toBe(true);
  });

  test('gives nothing to whom the list does not name, and everything to an operator', () => {
    expect(policy.allowsServer(clientWith(null, 'bob'), server)).toBe(false);
    expect(policy.allowsTool(null, { server, own: 'write' })).toBe(true);
    expect(policy.isLimited(null)).toBe(false);
  });

  test('gives nothing without a key where anybody may come without one', () => {
    const open = createPolicy(createAllowedTools({ toolsOf: () => [] }, true));
    expect(open.allowsTool(null, { server, own: 'write' })).toBe(false);
  });
});

describe('arguments', () => {
  const check = createArgumentsCheck();
  let made = 0;
  const faultOf = (inputSchema: object, given: unknown) =>
    check.faultOf({ hash: String((made += 1)), item: { inputSchema } }, given);
  const doubling = Object.fromEntries(
    Array.from({ length: 40 }, (_, at) => {
      const $ref = `#/$defs/d${at + 1}`;
      return [`d${at}`, { anyOf: [{ $ref }, { $ref }] }];
    }),
  );

  test.each([
    ['a field that is missing', { required: ['a'] }, {}, 'a', 'is missing'],
    ['another type', { properties: { a: { type: 'number' } } }, { a: 'x' }, 'a', 'must be number'],
    ['a field too many', { additionalProperties: false }, { b: 1 }, 'b', 'is not known'],
    [
      'an item of a draft-07 tuple',
      {
        $schema: 'http://json-schema.org/draft-07/schema#',
        properties: { a: { items: [{ type: 'number' }] } },
      },
      { a: ['x'] },
      'a.0',
      'must be number',
    ],
    [
      'an item of a 2020-12 tuple',
      { properties: { a: { prefixItems: [{ type: 'number' }] } } },
      { a: ['x'] },
      'a.0',
      'must be number',
    ],
    ['the same twice', { properties: { a: { uniqueItems: true } } }, { a: [1, 1] }, 'a', 'twice'],
  ])('with %s are refused, and the field is named', async (_, schema, given, field, words) => {
    const fault = await faultOf(schema, given);
    expect(fault?.field).toBe(field);
    expect(fault?.message).toContain(words);
  });

  test.each([
    ['refers to itself', { $ref: '#' }],
    [
      'doubles with every step',
      { $defs: { ...doubling, d40: { type: 'string' } }, $ref: '#/$defs/d0' },
    ],
    ['lies on another host', { $ref: 'https://example.com/schema.json' }],
    ['is none', { type: 'strange' }],
  ])('with a schema that %s are left to the server', async (_, schema) => {
    expect(await faultOf(schema, { a: 1 })).toBeUndefined();
  });

  test('are compared with a pattern in a time that does not explode', async () => {
    const schema = { properties: { a: { pattern: '^(a+)+$' } } };
    const startedMs = performance.now();
    const fault = await faultOf(schema, { a: `${'a'.repeat(5_000)}!` });
    expect(fault?.message).toContain('pattern');
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });

  test('with the same $id in two schemas are kept apart', async () => {
    expect((await faultOf({ $id: 'x', required: ['a'] }, {}))?.field).toBe('a');
    expect((await faultOf({ $id: 'x', required: ['b'] }, {}))?.field).toBe('b');
  });
});

describe('a line before a server', () => {
  test('lets so many in at once, and the others as those leave', async () => {
    const gates = createGates();
    expect(gates.enter(server, 1, undefined)).toBeUndefined();
    const second = gates.enter(server, 1, undefined);
    expect(gates.waiting(server)).toBe(1);
    gates.leave(server);
    await second;
    expect([gates.underWay(server), gates.waiting(server)]).toEqual([1, 0]);
    gates.leave(server);
    expect(gates.underWay(server)).toBe(0);
  });

  test('has an end, and lets go who leaves it', async () => {
    const gates = createGates({ mostWaiting: 1 });
    void gates.enter(server, 1, undefined);
    const leaving = new AbortController();
    const waiting = gates.enter(server, 1, leaving.signal);
    expect(() => gates.enter(server, 1, undefined)).toThrow(TooBusy);
    leaving.abort(new Error('gone'));
    expect(waiting).rejects.toThrow('gone');
    expect(gates.waiting(server)).toBe(0);
  });

  test('does not keep anybody for ever', async () => {
    const gates = createGates({ waitMs: 1 });
    void gates.enter(server, 1, undefined);
    expect(gates.enter(server, 1, undefined) ?? Promise.resolve()).rejects.toThrow(TooBusy);
  });
});

describe('the rules of a tool', () => {
  const usual = { mcpCallMs: 1_000, mcpCallMostMs: 5_000, mcpCacheSeconds: 7 };
  const settingsWith = (written: object) => ({ calls: callRulesOf(written) }) as never;
  const marked = { annotations: { readOnlyHint: true, idempotentHint: true } };

  test('come before those of its server, and those before the usual ones', () => {
    const settings = settingsWith({
      timeout_ms: 2_000,
      tool_settings: { slow: { timeout_ms: 9_000, cache_seconds: 3 } },
    });
    const rulesOf = (own: string, item = {}) => toolRules({ own, item }, settings, usual);
    expect(rulesOf('slow')).toEqual({ timeoutMs: 9_000, mostMs: 9_000, cacheMs: 3_000 });
    expect(rulesOf('other')).toEqual({ timeoutMs: 2_000, mostMs: 5_000, cacheMs: 0 });
    expect(rulesOf('marked', marked).cacheMs).toBe(7_000);
    expect(toolRules({ own: 'x', item: {} }, undefined, usual).timeoutMs).toBe(1_000);
  });
});

test('JSON is too deep by its brackets alone, and not by those in texts', () => {
  const bytesOf = (text: string) => new TextEncoder().encode(text);
  expect(isTooDeep(bytesOf('['.repeat(101)))).toBe(true);
  expect(isTooDeep(bytesOf(`"${'['.repeat(200)}\\"["`))).toBe(false);
});
