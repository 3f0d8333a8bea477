/** Every variable there is: name, aliases, default, unit, meaning. Nothing else lists them. */
import { conversationTable } from './conversationTable.ts';
import { mcpTable } from './mcpTable.ts';
import { row, type Row } from './row.ts';
import {
  parseBaseUrl,
  parseBoolean,
  parseHeaderName,
  parseHost,
  parseHosts,
  parseInteger,
  parseKeys,
  parseLogLevel,
  parseSecret,
  parseSharedBoolean,
  parseText,
  type LogLevel,
  type Parse,
} from './values.ts';

const optional = <T>(parse: Parse<T>): Parse<T | null> => parse;
const secret = { secret: true };
const prefixed = (name: string): string[] => [`MCP_${name}`, `GATEWAY_${name}`, `APP_${name}`];
const keys = (provider: string): Row<readonly string[]> =>
  row(`${provider}_API_KEYS`, parseKeys, [], 'provider keys, comma separated', {
    aliases: [`${provider}_API_KEY`],
    secret: true,
    joined: true,
  });
const mebibyte = 1024 * 1024;

export const table = {
  host: row('HOST', parseHost, '127.0.0.1', 'address to listen on', {
    aliases: prefixed('HOST'),
    flag: 'host',
  }),
  port: row('PORT', parseInteger(0, 65_535), 8080, 'port to listen on; 0 takes a free one', {
    aliases: prefixed('PORT'),
    flag: 'port',
  }),
  workers: row('GATEWAY_WORKERS', parseInteger(1, 64), 1, 'gateway processes that share the port', {
    flag: 'workers',
  }),
  allowedHosts: row('ALLOWED_HOSTS', parseHosts, [], 'further names allowed in the Host header'),
  dataDir: row(
    'DATA_DIR',
    parseText,
    './data',
    'folder of the log, SQLite, spool and made secrets',
  ),
  natsUrl: row('NATS_URL', optional(parseText), null, 'an outside NATS server or cluster', secret),
  natsServerBin: row(
    'NATS_SERVER_BIN',
    optional(parseText),
    null,
    'the nats-server binary to run as the embedded one',
  ),
  natsAllowWeak: row(
    'NATS_ALLOW_WEAK',
    parseBoolean,
    false,
    'accept a NATS server that may lose acknowledged events',
  ),
  databaseUrl: row(
    'DATABASE_URL',
    optional(parseText),
    null,
    'sqlite:///file of the projections; signalbox.db in DATA_DIR without it',
    secret,
  ),
  encryptionKey: row(
    'ENCRYPTION_KEY',
    optional(parseSecret),
    null,
    '32 bytes (base64, base64url or hex) that encrypt the vault; made once in DATA_DIR without it',
    secret,
  ),
  encryptionKeyFile: row(
    'ENCRYPTION_KEY_FILE',
    optional(parseText),
    null,
    'a file that holds the encryption key',
  ),
  password: row(
    'MIDDLEWARE_PASSWORD',
    optional(parseSecret),
    null,
    'the admin password of the management side',
    secret,
  ),
  jwtSecret: row(
    'JWT_SECRET_KEY',
    optional(parseSecret),
    null,
    'signs sessions; made once in DATA_DIR without it',
    { secret: true, aliases: ['SECRET_KEY'] },
  ),
  sessionTimeoutS: row(
    'SESSION_TIMEOUT',
    parseInteger(1, 31_536_000),
    3600,
    'how long a session lasts',
    { unit: 's' },
  ),
  clientKeys: row(
    'MCP_API_KEYS',
    optional(parseSecret),
    null,
    'client keys: key1:client1,key2:client2',
    secret,
  ),
  clientKeysPath: row(
    'MCP_API_KEYS_PATH',
    optional(parseText),
    null,
    'JSON file of client keys: {"key": {"client_id", "scopes"}}',
  ),
  clientAuthDisabled: row(
    'MCP_DISABLE_AUTH',
    parseBoolean,
    false,
    'clients need no key; management still needs the password',
  ),
  ...mcpTable,
  ...conversationTable,
  openaiKeys: keys('OPENAI'),
  anthropicKeys: keys('ANTHROPIC'),
  geminiKeys: keys('GEMINI'),
  openaiBaseUrl: row(
    'OPENAI_BASE_URL',
    parseBaseUrl,
    'https://api.openai.com/v1',
    "OpenAI's API or one like it; ends in /v1",
  ),
  anthropicBaseUrl: row(
    'ANTHROPIC_BASE_URL',
    parseBaseUrl,
    'https://api.anthropic.com',
    "Anthropic's API; carries no version",
  ),
  geminiBaseUrl: row(
    'GEMINI_BASE_URL',
    parseBaseUrl,
    'https://generativelanguage.googleapis.com',
    "Gemini's API; carries no version",
  ),
  apiKeyHeader: row(
    'API_KEY_HEADER',
    parseHeaderName,
    'X-API-Key',
    'one more header that carries a client key',
  ),
  logLevel: row<LogLevel>('LOG_LEVEL', parseLogLevel, 'info', 'least level that is logged', {
    aliases: ['MCP_LOG_LEVEL'],
  }),
  debug: row('DEBUG', parseSharedBoolean, false, 'true means LOG_LEVEL debug', {
    aliases: ['APP_DEBUG'],
    flag: 'debug',
  }),
  outsideProxy: row('HTTPS_PROXY', optional(parseText), null, 'a proxy on the way to the vendors', {
    aliases: ['https_proxy', 'HTTP_PROXY', 'http_proxy'],
    joined: true,
    secret: true,
  }),
  // Read by Bun itself, like the proxy's address.
  noProxy: row('NO_PROXY', optional(parseText), null, 'hosts reached without that proxy', {
    aliases: ['no_proxy'],
  }),
  metricsEnabled: row('METRICS_ENABLED', parseBoolean, true, 'serve /metrics'),
  metricsToken: row(
    'METRICS_TOKEN',
    optional(parseSecret),
    null,
    'bearer token that may read /metrics from elsewhere',
    secret,
  ),
  bodyLimitBytes: row(
    'BODY_LIMIT_BYTES',
    parseInteger(1024, 2048 * mebibyte),
    32 * mebibyte,
    'largest request body',
    { unit: 'bytes' },
  ),
  requestsPerMinute: row(
    'REQUESTS_PER_MINUTE',
    optional(parseInteger(1, 10_000_000)),
    null,
    'limit of a client that has none of its own',
    { unit: 'requests/min', aliases: ['RATE_LIMIT_REQUESTS_PER_MINUTE'] },
  ),
  cacheEnabled: row('CACHE_ENABLED', parseBoolean, true, "keep providers' lists of models"),
  cacheTtlS: row(
    'CACHE_TTL_SECONDS',
    parseInteger(1, 2_592_000),
    300,
    'how long a list of models is kept',
    { unit: 's' },
  ),
  breakerThreshold: row(
    'CIRCUIT_BREAKER_FAILURE_THRESHOLD',
    parseInteger(1, 10_000),
    5,
    'failures in a row after which a provider is served around',
  ),
  breakerRecoveryS: row(
    'CIRCUIT_BREAKER_RECOVERY_TIMEOUT',
    parseInteger(1, 86_400),
    60,
    'longest wait before a provider that is served around is tried again; of more than 60 s half, of 30 to 60 s 30 s',
    { unit: 's' },
  ),
};

const unusedNames = new Set([
  'REDIS_URL',
  'TRACING_ENABLED',
  'PRODUCTION',
  'MCP_MAX_RETRIES',
  'MCP_RESTART_DELAY',
  'MCP_LOG_LEVELS',
]);

/** Known from other gateways, without a meaning here: named once in a warning. */
export const isUnused = (name: string): boolean =>
  unusedNames.has(name) || name.startsWith('DB_') || name.startsWith('FLASK_');
