/** Client keys from MCP_API_KEYS and from the file that MCP_API_KEYS_PATH names. */
import { clientKeyTermsOf, noTerms, type ClientKeyTerms } from './clientKeyTerms.ts';
import { parsedObject, readNamedFile } from './secrets.ts';
import { ConfigError } from './values.ts';

export type ClientKeySetting = Readonly<{
  key: string;
  clientId: string;
  scopes: readonly string[];
  source: 'environment' | 'file';
  /** Without any the key may do everything. */
  terms?: ClientKeyTerms;
}>;

const isHeaderText = (text: string): boolean => /^[\u0021-\u007e]+$/.test(text);
const isClientId = (text: string): boolean =>
  /^[^\p{Cc}]{1,200}$/u.test(text) && text === text.trim();

/** @throws {ConfigError} that counts the entries and repeats none of them. */
function checked(entry: ClientKeySetting, name: string, number: number): ClientKeySetting {
  if (!isHeaderText(entry.key))
    throw new ConfigError(
      `${name}: key ${number} is empty or holds a character that no header can carry: use letters, digits and -_.`,
    );
  if (!isClientId(entry.clientId))
    throw new ConfigError(
      `${name}: the client of key ${number} is no name of 1 to 200 characters: give it one`,
    );
  return entry;
}

function fromEnvironment(text: string): ClientKeySetting[] {
  const entries = text.split(',').filter((entry) => entry.trim() !== '');
  return entries.map((entry, index) => {
    const colon = entry.indexOf(':');
    if (colon < 0)
      throw new ConfigError(
        `MCP_API_KEYS: entry ${index + 1} of ${entries.length} has no client: write key1:client1,key2:client2`,
      );
    const key = entry.slice(0, colon).trim();
    const clientId = entry.slice(colon + 1).trim();
    return checked(
      { key, clientId, scopes: ['*'], source: 'environment' },
      'MCP_API_KEYS',
      index + 1,
    );
  });
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

function fromFile(path: string): ClientKeySetting[] {
  const name = 'MCP_API_KEYS_PATH';
  const held = parsedObject(readNamedFile(path, name));
  const shape = '{"key": {"client_id": "name", "scopes": ["*"]}}';
  if (!held) throw new ConfigError(`${name}: ${path} holds no JSON object: write ${shape}`);
  return Object.entries(held).map(([key, claims], index) => {
    const given =
      typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
    const { client_id: clientId, scopes = ['*'] } = given;
    if (typeof clientId !== 'string' || !isTexts(scopes))
      throw new ConfigError(
        `${name}: key ${index + 1} in ${path} lacks a client_id, or its scopes are no list of texts: write ${shape}`,
      );
    const terms = clientKeyTermsOf(given);
    if (typeof terms === 'string')
      throw new ConfigError(`${name}: of key ${index + 1} in ${path} ${terms}`);
    return checked(
      {
        key: key.trim(),
        clientId: clientId.trim(),
        scopes,
        source: 'file',
        ...(terms !== noTerms && { terms }),
      },
      name,
      index + 1,
    );
  });
}

/** Both sources together; a key that stands in both for one client counts as the environment's. */
export function clientKeysOf(text: string | null, path: string | null): ClientKeySetting[] {
  const entries = [
    ...(text === null ? [] : fromEnvironment(text)),
    ...(path === null ? [] : fromFile(path)),
  ];
  const byKey = new Map<string, ClientKeySetting>();
  for (const entry of entries) {
    const known = byKey.get(entry.key);
    if (known && known.clientId !== entry.clientId)
      throw new ConfigError(
        `MCP_API_KEYS and MCP_API_KEYS_PATH give one key to two clients ("${known.clientId}" and "${entry.clientId}"): give each client a key of its own`,
      );
    if (!known) byKey.set(entry.key, entry);
  }
  return [...byKey.values()];
}
