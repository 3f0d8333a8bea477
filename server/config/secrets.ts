/** The secrets that are given, read from a file, or made once and kept in the data folder. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { ConfigError } from './values.ts';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';

/** @throws {ConfigError} that names the file and why it cannot be read. */
export function readNamedFile(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(
      `${name} names ${path}, which cannot be read (${codeOf(error)}): check the path and who may read it`,
    );
  }
}

/**
 * Writes the file unless it exists, and answers with what it then holds. On disk before it returns: a key
 * that a power cut takes away after its first use would take every secret with it.
 */
function keepOnce(path: string, make: () => string): string {
  if (existsSync(path)) return readNamedFile(path, 'DATA_DIR');
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const file = openSync(draft, 'wx', 0o600);
    writeSync(file, make());
    fsyncSync(file);
    closeSync(file);
    try {
      linkSync(draft, path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    } finally {
      unlinkSync(draft);
    }
    const folder = openSync(dirname(path), 'r');
    fsyncSync(folder);
    closeSync(folder);
  } catch (error) {
    throw new ConfigError(
      `DATA_DIR: ${path} cannot be written (${codeOf(error)}): check the folder and its free space`,
    );
  }
  return readNamedFile(path, 'DATA_DIR');
}

/** 32 bytes as base64, base64url or hex; undefined for anything else. */
function thirtyTwoBytes(text: string): Buffer | undefined {
  const compact = text.trim();
  if (/^[0-9a-f]{64}$/i.test(compact)) return Buffer.from(compact, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(compact)) return undefined;
  return Buffer.from(compact, 'base64');
}

const wishedKey =
  'use 32 bytes as base64, base64url or hex, for example from: openssl rand -base64 32';

/** The encryption key as base64, and whether it lives in the data folder. */
export function encryptionKeyOf(
  given: string | null,
  file: string | null,
  dataDir: string,
): { key: string; made: boolean } {
  if (given !== null && file !== null)
    throw new ConfigError('ENCRYPTION_KEY and ENCRYPTION_KEY_FILE are both set: keep one of them');
  if (given !== null) {
    const bytes = thirtyTwoBytes(given);
    if (!bytes) throw new ConfigError(`ENCRYPTION_KEY does not hold 32 bytes: ${wishedKey}`);
    return { key: bytes.toString('base64'), made: false };
  }
  if (file !== null) {
    const bytes = thirtyTwoBytes(readNamedFile(file, 'ENCRYPTION_KEY_FILE'));
    if (!bytes)
      throw new ConfigError(`ENCRYPTION_KEY_FILE: ${file} does not hold 32 bytes: ${wishedKey}`);
    return { key: bytes.toString('base64'), made: false };
  }
  const path = join(dataDir, 'encryption.key');
  const bytes = thirtyTwoBytes(keepOnce(path, () => `${randomBytes(32).toString('base64')}\n`));
  if (!bytes)
    throw new ConfigError(
      `DATA_DIR: ${path} does not hold 32 bytes any more: put the right key back, or set ENCRYPTION_KEY`,
    );
  return { key: bytes.toString('base64'), made: true };
}

export function jwtSecretOf(given: string | null, dataDir: string): string {
  if (given !== null) return given;
  const path = join(dataDir, 'jwt.key');
  const secret = keepOnce(path, () => `${randomBytes(32).toString('base64url')}\n`).trim();
  if (secret.length >= 32) return secret;
  throw new ConfigError(
    `DATA_DIR: ${path} is shorter than 32 characters: delete it (sessions end) or set JWT_SECRET_KEY`,
  );
}

export type Credentials = Readonly<{ password: string; clientKey: string }>;

export const credentialsPath = (dataDir: string): string => join(dataDir, 'credentials.json');

/** Password and first client key of a gateway that others can reach and that was given neither. */
export function madeCredentials(dataDir: string): Credentials {
  const path = credentialsPath(dataDir);
  const text = keepOnce(path, () => {
    const password = randomBytes(18).toString('base64url');
    const client_key = `sbx_${randomBytes(24).toString('base64url')}`;
    return `${JSON.stringify({ password, client_key }, null, 2)}\n`;
  });
  const held = parsedObject(text);
  const { password, client_key: clientKey } = held ?? {};
  if (typeof password === 'string' && typeof clientKey === 'string' && password && clientKey)
    return { password, clientKey };
  throw new ConfigError(
    `DATA_DIR: ${path} is not {"password", "client_key"} any more: delete it to have both made again, or set MIDDLEWARE_PASSWORD`,
  );
}

/** The JSON object in the text; undefined for anything else. */
export function parsedObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Not JSON: the caller says so, without the parser's message, which repeats the text.
  }
  return undefined;
}
