/** The configuration: modes, made secrets, what settings show. */
import { describe, expect, test } from 'bun:test';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../server/config.ts';
import { isUnused, table } from '../../server/config/table.ts';
import { configOfTest, type Env } from '../support/configOfTest.ts';

const { read, errorOf, pathOf } = configOfTest();

describe('the mode follows from password, client keys and address', () => {
  test.each([
    [{}, 'open'],
    [{ MCP_API_KEYS: 'k:c' }, 'keys'],
    [{ MIDDLEWARE_PASSWORD: 'p' }, 'password'],
    [{ MIDDLEWARE_PASSWORD: 'p', MCP_API_KEYS: 'k:c' }, 'keys-and-password'],
    [{ MCP_DISABLE_AUTH: 'yes', HOST: '0.0.0.0' }, 'clients-open'],
    [{ HOST: '0.0.0.0', MCP_API_KEYS: 'k:c' }, 'keys'],
    [{ HOST: '0.0.0.0' }, 'keys-and-password'],
  ] as [Env, Config['mode']][])('%j is %s', (env, mode) => {
    expect(read(env).mode).toBe(mode);
  });
});

describe('what is missing is made once and kept in the data folder', () => {
  test('encryption key and session secret, for the owner only, with a warning', () => {
    const first = read();
    const second = read();
    expect(second.encryptionKey).toBe(first.encryptionKey);
    expect(second.jwtSecret).toBe(first.jwtSecret);
    expect(second.encryptionKeyMade).toBe(true);
    expect(second.warnings.join()).toContain('encryption.key');
    for (const name of ['encryption.key', 'jwt.key'])
      expect(statSync(pathOf('data', name)).mode & 0o777).toBe(0o600);
  });

  test('an encryption key that was damaged is not made anew', () => {
    read();
    writeFileSync(pathOf('data', 'encryption.key'), 'damaged');
    expect(errorOf({})).toContain('does not hold 32 bytes any more');
  });

  test('password and client key of a gateway that others can reach', () => {
    const first = read({ HOST: '0.0.0.0' });
    const path = pathOf('data', 'credentials.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      password: first.password,
      client_key: first.clientKeys[0]?.key,
    });
    expect(first.warnings.join()).toContain(path);
    expect(read({ HOST: '0.0.0.0' }).password).toBe(first.password);
    expect(read({ HOST: '0.0.0.0', MIDDLEWARE_PASSWORD: 'mine' })).toMatchObject({
      password: 'mine',
      clientKeys: first.clientKeys,
    });
    expect(read().mode).toBe('open');
  });
});

test('settings show every variable, where its value came from, and of a secret only that it is set', () => {
  const env = { MIDDLEWARE_PASSWORD: 'canary', OPENAI_API_KEYS: 'canary-2', PORT: '9000' };
  const { settings } = read(env, { workers: '2' });
  const find = (name: string) => settings.find((one) => one.name === name);
  expect(settings.length).toBe(Object.keys(table).length);
  expect(find('PORT')).toMatchObject({ value: 9000, default: 8080, source: 'environment' });
  expect(find('GATEWAY_WORKERS')).toMatchObject({ value: 2, source: 'flag' });
  expect(find('MIDDLEWARE_PASSWORD')).toMatchObject({ value: 'set', source: 'environment' });
  expect(find('METRICS_TOKEN')).toMatchObject({ value: null, source: 'default' });
  expect(find('SESSION_TIMEOUT')?.unit).toBe('s');
  expect(JSON.stringify(settings)).not.toContain('canary');
});

test('.env.example names every variable of the table once, and nothing else', () => {
  const text = readFileSync(join(import.meta.dir, '../../.env.example'), 'utf8');
  const named = [...text.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1]);
  expect(named.map(String).toSorted()).toEqual(
    Object.values(table)
      .map((row) => row.name)
      .toSorted(),
  );
  expect(named.filter((name) => name !== undefined && isUnused(name))).toEqual([]);
});

test("README's table has every variable", () => {
  const text = readFileSync(join(import.meta.dir, '../../README.md'), 'utf8');
  const cells = text.split('\n').map((line) => /^\| (`[A-Z].*?) \|/.exec(line)?.[1] ?? '');
  const named = new Set(cells.join(' ').match(/[A-Z][A-Z0-9_]+/g));
  expect(Object.values(table).filter((row) => !named.has(row.name))).toEqual([]);
});
