/** The configuration: read once at the start, checked, and sent to every process of the gateway. */
import { isIPv6 } from 'node:net';
import manifest from '../package.json' with { type: 'json' };
import { clientKeysOf, type ClientKeySetting } from './config/clientKeys.ts';
import { dataDirOf, databasePathOf, natsUrlOf, refuseOwnUrl } from './config/places.ts';
import {
  readTable,
  type ConfigFlags,
  type Environment,
  type SettingSource,
} from './config/read.ts';
import { accessOf, type Mode } from './config/mode.ts';
import { encryptionKeyOf, jwtSecretOf } from './config/secrets.ts';
import type { Row } from './config/row.ts';
import { table } from './config/table.ts';
import { backendOf, ConfigError, type LogLevel } from './config/values.ts';

export type Vendor = 'openai' | 'anthropic' | 'gemini';

export type Setting = Readonly<{
  name: string;
  value: string | number | boolean | null;
  default: string | number | boolean | null;
  unit: string | null;
  source: SettingSource;
  meaning: string;
}>;

/** Plain data: it travels to the other processes as JSON. */
export type Config = Readonly<{
  version: string;
  host: string;
  port: number;
  workers: number;
  allowedHosts: readonly string[];
  dataDir: string;
  databasePath: string;
  nats: Readonly<{ kind: 'embedded'; serverBin: string | null } | { kind: 'outside'; url: string }>;
  natsAllowWeak: boolean;
  /** 32 bytes as base64. */
  encryptionKey: string;
  /** True when it was made here and lies beside the data it protects. */
  encryptionKeyMade: boolean;
  password: string | null;
  jwtSecret: string;
  sessionTimeoutMs: number;
  clientKeys: readonly ClientKeySetting[];
  clientAuthDisabled: boolean;
  providerKeys: readonly Readonly<{ provider: Vendor; key: string }>[];
  baseUrls: Readonly<Record<Vendor, string>>;
  apiKeyHeader: string;
  /** For turns of conversations that say nothing else. */
  turns: Readonly<{ model: string; maxTokens: number; temperature: number | null }>;
  mcpFile: Readonly<{ path: string; isWatched: boolean }>;
  /** The gateway's own MCP server is one of those that it offers. */
  hasBuiltInMcp: boolean;
  mcpHandoverHost: string;
  mcpUsers: Readonly<{ path: string | null; isWatched: boolean }>;
  /** MCP is served below this path and not at the root. */
  mcpPathPrefix: string | null;
  mcpBackends: readonly Readonly<{ name: string; url: string }>[];
  logLevel: LogLevel;
  /** True when the environment names a proxy on the way out. */
  hasOutsideProxy: boolean;
  metricsEnabled: boolean;
  metricsToken: string | null;
  mode: Mode;
  settings: readonly Setting[];
  warnings: readonly string[];
}>;

/** The environment of this process; nothing else reads it. */
export const environment = (): Environment => ({ ...process.env });

/** The address a browser or curl on this machine would use. */
export const urlOf = (host: string, port: number): string => {
  const near = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${isIPv6(near) ? `[${near}]` : near}:${port}`;
};

/**
 * Reads variables, flags and the files they name; makes the data folder and the secrets that are missing.
 * @throws {ConfigError} that names the variable, its fault and the remedy.
 */
export function readConfig(env: Environment, flags: ConfigFlags = {}): Config {
  const { values, sources, warnings } = readTable(env, flags);
  const { host, port, workers, allowedHosts } = values;
  if (port === 0 && workers > 1)
    throw new ConfigError('PORT is 0, but several workers need one port to share: name a port');
  const natsUrl = values.natsUrl === null ? null : natsUrlOf(values.natsUrl);
  if (natsUrl !== null) refuseUnsharedSecrets(values);
  const baseUrls = {
    openai: values.openaiBaseUrl,
    anthropic: values.anthropicBaseUrl,
    gemini: values.geminiBaseUrl,
  };
  for (const vendor of vendors)
    refuseOwnUrl(`${vendor.toUpperCase()}_BASE_URL`, baseUrls[vendor], {
      host,
      port,
      allowedHosts,
    });
  const mcpBackends = values.mcpBackends.map(backendOf);
  for (const { url } of mcpBackends)
    refuseOwnUrl('MCP_BACKENDS', url, { host, port, allowedHosts });
  const clientKeys = clientKeysOf(values.clientKeys, values.clientKeysPath);
  const dataDir = dataDirOf(values.dataDir);
  const databasePath = databasePathOf(values.databaseUrl, dataDir);
  const encryption = encryptionKeyOf(values.encryptionKey, values.encryptionKeyFile, dataDir);
  if (encryption.made)
    warnings.push(
      `the encryption key lies in ${dataDir}/encryption.key: a copy of the folder holds the secrets and their key; set ENCRYPTION_KEY to keep them apart`,
    );
  if (values.jwtSecret !== null && values.jwtSecret.length < 32)
    warnings.push(
      'JWT_SECRET_KEY is shorter than 32 characters: sessions could be forged by guessing it',
    );
  const access = accessOf({ ...values, clientKeys, dataDir, warnings });
  const wantsDebug = sources.debug === 'flag' || (values.debug && sources.logLevel === 'default');
  const keysOf = (provider: Vendor, keys: readonly string[]) =>
    keys.map((key) => ({ provider, key }));
  return {
    version: manifest.version,
    host,
    port,
    workers,
    allowedHosts,
    dataDir,
    databasePath,
    nats:
      natsUrl === null
        ? { kind: 'embedded', serverBin: values.natsServerBin }
        : { kind: 'outside', url: natsUrl },
    natsAllowWeak: values.natsAllowWeak,
    encryptionKey: encryption.key,
    encryptionKeyMade: encryption.made,
    ...access,
    jwtSecret: jwtSecretOf(values.jwtSecret, dataDir),
    sessionTimeoutMs: values.sessionTimeoutS * 1000,
    clientAuthDisabled: values.clientAuthDisabled,
    providerKeys: [
      ...keysOf('openai', values.openaiKeys),
      ...keysOf('anthropic', values.anthropicKeys),
      ...keysOf('gemini', values.geminiKeys),
    ],
    baseUrls,
    apiKeyHeader: values.apiKeyHeader,
    turns: {
      model: values.turnModel,
      maxTokens: values.turnMaxTokens,
      temperature: values.turnTemperature,
    },
    hasBuiltInMcp: values.mcpBuiltIn,
    mcpHandoverHost: values.mcpHandoverHost,
    mcpFile: { path: values.mcpConfigPath, isWatched: values.mcpLiveReload },
    mcpUsers: { path: values.mcpUsersPath, isWatched: values.mcpLiveReload },
    mcpPathPrefix: values.mcpPathPrefix,
    mcpBackends,
    logLevel: wantsDebug ? 'debug' : values.logLevel,
    hasOutsideProxy: values.outsideProxy !== null,
    metricsEnabled: values.metricsEnabled,
    metricsToken: values.metricsToken,
    settings: settingsOf(values, sources),
    warnings,
  };
}

const vendors: readonly Vendor[] = ['openai', 'anthropic', 'gemini'];

type Values = ReturnType<typeof readTable>['values'];

/** Gateways on several machines read one vault and one another's sessions: secrets made here would not fit there. */
function refuseUnsharedSecrets(values: Values): void {
  if (values.encryptionKey === null && values.encryptionKeyFile === null)
    throw new ConfigError(
      'ENCRYPTION_KEY is not set, but NATS_URL is: give every gateway on that NATS the same key, for example from: openssl rand -base64 32',
    );
  if (values.jwtSecret === null)
    throw new ConfigError(
      'JWT_SECRET_KEY is not set, but NATS_URL is: give every gateway on that NATS the same secret, for example from: openssl rand -base64 32',
    );
}

/** What a setting may show: a secret only that it is set. */
function shown(row: Row<unknown>, value: unknown): Setting['value'] {
  const isNone = value === null || (Array.isArray(value) && value.length === 0);
  if (isNone) return null;
  if (row.secret) return 'set';
  if (Array.isArray(value)) return value.join(',');
  return value as Setting['value'];
}

function settingsOf(values: Values, sources: ReturnType<typeof readTable>['sources']): Setting[] {
  const rows = Object.entries(table) as [keyof typeof table, Row<unknown>][];
  return rows.map(([key, row]) => ({
    name: row.name,
    value: shown(row, values[key]),
    default: shown(row, row.fallback),
    unit: row.unit,
    source: sources[key],
    meaning: row.meaning,
  }));
}
