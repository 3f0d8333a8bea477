/** The configuration: what stops the start and what is understood. */
import { describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../server/config.ts';
import { configOfTest, type Env } from '../support/configOfTest.ts';

const { read, errorOf, pathOf } = configOfTest();
const file = (name: string, text: string): string => {
  const path = pathOf(name);
  writeFileSync(path, text);
  return path;
};
const bytes = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7 + 3));

describe('a value that cannot be used stops the start and names its variable', () => {
  const faulty: [string, Env, string][] = [
    ['a port with letters', { PORT: 'eighty' }, 'PORT is "eighty"'],
    ['a port that is too high', { PORT: '65536' }, 'from 0 to 65535'],
    ['a port under its alias', { GATEWAY_PORT: '-1' }, 'GATEWAY_PORT is "-1"'],
    ['a host with a scheme', { HOST: 'http://x' }, 'HOST is "http://x"'],
    ['a boolean that is neither', { METRICS_ENABLED: 'maybe' }, 'METRICS_ENABLED is "maybe"'],
    ['an unknown level', { LOG_LEVEL: 'loud' }, 'LOG_LEVEL is "loud"'],
    ['no workers', { GATEWAY_WORKERS: '0' }, 'GATEWAY_WORKERS is "0"'],
    ['a free port for several workers', { PORT: '0', GATEWAY_WORKERS: '2' }, 'PORT is 0'],
    ['a host list with a URL', { ALLOWED_HOSTS: 'a.example,http://b' }, 'ALLOWED_HOSTS'],
    ['a body limit with a unit', { BODY_LIMIT_BYTES: '32MB' }, 'BODY_LIMIT_BYTES is "32MB"'],
    ['a session without time', { SESSION_TIMEOUT: '0' }, 'SESSION_TIMEOUT is "0"'],
    ['a header that is taken', { API_KEY_HEADER: 'Content-Length' }, 'API_KEY_HEADER'],
    ['a base URL without a scheme', { OPENAI_BASE_URL: 'api.openai.com' }, 'OPENAI_BASE_URL'],
    ['a base URL of files', { GEMINI_BASE_URL: 'file:///etc' }, 'GEMINI_BASE_URL'],
    ['a base URL with a key', { ANTHROPIC_BASE_URL: 'https://me:pw@x.y' }, 'ANTHROPIC_BASE_URL'],
    ['PostgreSQL', { DATABASE_URL: 'postgres://u:p@h/db' }, 'DATABASE_URL names PostgreSQL'],
    ['a database in memory', { DATABASE_URL: 'sqlite:///:memory:' }, 'DATABASE_URL names no file'],
    ['an unknown database', { DATABASE_URL: 'mysql://h/db' }, 'DATABASE_URL names no file'],
    [
      'a data folder that is a device',
      { DATA_DIR: '/dev/null/data' },
      'DATA_DIR is /dev/null/data',
    ],
    ['two encryption keys', { ENCRYPTION_KEY: 'a', ENCRYPTION_KEY_FILE: 'b' }, 'both set'],
    ['a short encryption key', { ENCRYPTION_KEY: 'your-32-byte-encryption-key' }, 'ENCRYPTION_KEY'],
    [
      'a key file that is absent',
      { ENCRYPTION_KEY_FILE: '/absent' },
      '/absent, which cannot be read',
    ],
    ['NATS without a scheme', { NATS_URL: 'localhost:4222' }, 'NATS_URL: server 1 of 1'],
    ['NATS without its encryption key', { NATS_URL: 'nats://h' }, 'ENCRYPTION_KEY is not set'],
    ['a client key without a client', { MCP_API_KEYS: 'k1:a,k2' }, 'entry 2 of 2 has no client'],
    ['a client without a name', { MCP_API_KEYS: 'k1:' }, 'the client of key 1'],
    ['one key for two clients', { MCP_API_KEYS: 'k1:a,k1:b' }, 'one key to two clients'],
    ['a file of client keys that is absent', { MCP_API_KEYS_PATH: '/absent' }, 'MCP_API_KEYS_PATH'],
    ['a provider key with a space', { OPENAI_API_KEYS: 'sk-1 sk-2' }, 'OPENAI_API_KEYS: key 1'],
    ['a password of two lines', { MIDDLEWARE_PASSWORD: 'a\nb' }, 'MIDDLEWARE_PASSWORD'],
  ];
  test.each(faulty)('%s', (_title, env, message) => {
    expect(errorOf(env)).toContain('ConfigError: ');
    expect(errorOf(env)).toContain(message);
  });

  test('outside NATS needs the secret of sessions too', () => {
    const env = { NATS_URL: 'nats://h', ENCRYPTION_KEY: bytes.toString('hex') };
    expect(errorOf(env)).toContain('JWT_SECRET_KEY is not set');
  });

  test('a faulty flag is named as the flag', () => {
    expect(errorOf({}, { port: 'x' })).toContain('--port is "x"');
  });

  test('no message repeats a secret', () => {
    const canary = 'canary-5d1f';
    const messages = [
      errorOf({ ENCRYPTION_KEY: canary }),
      errorOf({ MCP_API_KEYS: canary }),
      errorOf({ OPENAI_API_KEY: `${canary} x` }),
      errorOf({ MIDDLEWARE_PASSWORD: `${canary}\n` }),
      errorOf({ NATS_URL: `http://u:${canary}@h` }),
      errorOf({ DATABASE_URL: `postgres://u:${canary}@h/db` }),
      errorOf({ OPENAI_BASE_URL: `https://u:${canary}@h` }),
      errorOf({ ENCRYPTION_KEY_FILE: file('key', canary) }),
      errorOf({ MCP_API_KEYS_PATH: file('keys.json', `{"${canary}": 1}`) }),
      errorOf({ MCP_API_KEYS_PATH: file('broken.json', `{"${canary}`) }),
    ];
    for (const message of messages) {
      expect(message).toContain('ConfigError');
      expect(message).not.toContain(canary);
    }
  });
});

describe('a base URL that leads back here is refused', () => {
  test.each([
    [{ OPENAI_BASE_URL: 'http://localhost:8080/v1' }],
    [{ OPENAI_BASE_URL: 'http://127.0.0.1:8080/v1' }],
    [{ GEMINI_BASE_URL: 'http://[::1]:9000', PORT: '9000' }],
    [{ ANTHROPIC_BASE_URL: 'http://gw.example', PORT: '80', ALLOWED_HOSTS: 'gw.example' }],
    [{ ANTHROPIC_BASE_URL: 'http://127.0.0.1:8080', HOST: '0.0.0.0' }],
  ] as [Env][])('%j', (env) => {
    expect(errorOf(env)).toContain('which is this gateway itself');
  });

  test('another port on this machine is somebody else', () => {
    expect(read({ OPENAI_BASE_URL: 'http://localhost:11434/v1/' }).baseUrls.openai).toBe(
      'http://localhost:11434/v1',
    );
  });
});

describe('what is understood', () => {
  test('nothing set: loopback, port 8080, embedded NATS, open', () => {
    const config = read();
    expect(config).toMatchObject({ host: '127.0.0.1', port: 8080, workers: 1, mode: 'open' });
    expect(config.nats).toEqual({ kind: 'embedded', serverBin: null });
    expect(config.databasePath).toBe(pathOf('data', 'signalbox.db'));
    expect(JSON.parse(JSON.stringify(config))).toEqual(config);
  });

  test.each(['MCP', 'GATEWAY', 'APP'])('%s_HOST and _PORT stand for HOST and PORT', (prefix) => {
    const config = read({ [`${prefix}_HOST`]: 'localhost', [`${prefix}_PORT`]: '9001' });
    expect(config).toMatchObject({ host: 'localhost', port: 9001 });
  });

  test('the name itself beats an alias, and a flag beats both', () => {
    const env = { PORT: '1', MCP_PORT: '2' };
    expect(read(env).port).toBe(1);
    expect(read(env).warnings).toContain('MCP_PORT is not used, because PORT is set too');
    expect(read(env, { port: '3' }).port).toBe(3);
  });

  test('an empty variable is none', () => {
    expect(read({ PORT: '', MIDDLEWARE_PASSWORD: ' ' })).toMatchObject({
      port: 8080,
      mode: 'open',
    });
  });

  test.each(['true', '1', 'YES', 'on'])('%s is yes', (word) => {
    expect(read({ NATS_ALLOW_WEAK: word }).natsAllowWeak).toBe(true);
  });

  test.each(['false', '0', 'No', 'OFF'])('%s is no', (word) => {
    expect(read({ METRICS_ENABLED: word }).metricsEnabled).toBe(false);
  });

  test.each([
    [{ LOG_LEVEL: 'INFO' }, {}, 'info'],
    [{ LOG_LEVEL: 'Warning' }, {}, 'warn'],
    [{ MCP_LOG_LEVEL: 'DEBUG' }, {}, 'debug'],
    [{ APP_DEBUG: 'true' }, {}, 'debug'],
    [{ DEBUG: 'express:*' }, {}, 'info'],
    [{ DEBUG: 'true', LOG_LEVEL: 'error' }, {}, 'error'],
    [{ LOG_LEVEL: 'error' }, { debug: 'true' }, 'debug'],
  ] as [Env, Record<string, string>, Config['logLevel']][])(
    '%j %j logs at %s',
    (env, flags, level) => {
      expect(read(env, flags).logLevel).toBe(level);
    },
  );

  test('a relative and an absolute SQLite URL', () => {
    expect(read({ DATABASE_URL: 'sqlite:///some.db' }).databasePath).toBe(
      join(process.cwd(), 'some.db'),
    );
    expect(read({ DATABASE_URL: 'sqlite:////var/some.db' }).databasePath).toBe('/var/some.db');
  });

  test.each(['hex', 'base64', 'base64url'] as const)('an encryption key in %s', (encoding) => {
    const config = read({ ENCRYPTION_KEY: bytes.toString(encoding) });
    expect(config.encryptionKey).toBe(bytes.toString('base64'));
    expect(config.encryptionKeyMade).toBe(false);
  });

  test('an encryption key from a file', () => {
    const path = file('key', `${bytes.toString('base64url')}=\n`);
    expect(read({ ENCRYPTION_KEY_FILE: path }).encryptionKey).toBe(bytes.toString('base64'));
  });

  test('provider keys of both spellings, each once, in order', () => {
    const config = read({
      OPENAI_API_KEYS: ' sk-1, sk-2,,sk-1',
      OPENAI_API_KEY: 'sk-3',
      GEMINI_API_KEY: 'g',
    });
    expect(config.providerKeys.map((one) => `${one.provider} ${one.key}`)).toEqual([
      'openai sk-1',
      'openai sk-2',
      'openai sk-3',
      'gemini g',
    ]);
  });

  test('client keys from the environment and from a file', () => {
    const path = file(
      'keys.json',
      '{"k3": {"client_id": "cloud", "scopes": ["a"]}, "k1": {"client_id": "letta"}}',
    );
    const config = read({ MCP_API_KEYS: 'k1:letta, k2:local-dev', MCP_API_KEYS_PATH: path });
    expect(config.clientKeys).toEqual([
      { key: 'k1', clientId: 'letta', scopes: ['*'], source: 'environment' },
      { key: 'k2', clientId: 'local-dev', scopes: ['*'], source: 'environment' },
      { key: 'k3', clientId: 'cloud', scopes: ['a'], source: 'file' },
    ]);
  });

  test('an outside cluster, with its own secrets', () => {
    const url = 'nats://a:b@one:4222,nats://two:4222';
    const env = {
      NATS_URL: url,
      ENCRYPTION_KEY: bytes.toString('hex'),
      JWT_SECRET_KEY: 'x'.repeat(32),
    };
    expect(read(env).nats).toEqual({ kind: 'outside', url });
    expect(read(env).warnings).toEqual([]);
  });

  test('variables of other gateways are named once as unused', () => {
    const { warnings } = read({ REDIS_URL: 'redis://r', DB_USER: 'u', FLASK_ENV: 'production' });
    expect(warnings).toContain('set, but without a meaning here: DB_USER, FLASK_ENV, REDIS_URL');
  });
});
