/** Who may come in: password and client keys as given, or made for a gateway that others can reach. */
import { existsSync } from 'node:fs';
import type { ClientKeySetting } from './clientKeys.ts';
import { isLoopback } from './places.ts';
import { credentialsPath, madeCredentials } from './secrets.ts';

/**
 * Who needs what: `open` nothing, on loopback only; `keys` a client key, management is closed; `password` the
 * password to manage, and a client key once one is made; `keys-and-password` each their own; `clients-open`
 * clients need nothing (MCP_DISABLE_AUTH), management the password.
 */
export type Mode = 'open' | 'keys' | 'password' | 'keys-and-password' | 'clients-open';

type AccessInput = Readonly<{
  host: string;
  password: string | null;
  clientAuthDisabled: boolean;
  clientKeys: readonly ClientKeySetting[];
  dataDir: string;
  warnings: string[];
}>;

type Access = Readonly<{
  password: string | null;
  clientKeys: readonly ClientKeySetting[];
  mode: Mode;
}>;

/** Password, client keys and the mode they make; a gateway that others can reach is never left without. */
export function accessOf(input: AccessInput): Access {
  let { password, clientKeys } = input;
  const path = credentialsPath(input.dataDir);
  const isBare = password === null && clientKeys.length === 0;
  if (!isLoopback(input.host) && !input.clientAuthDisabled && (isBare || existsSync(path))) {
    const made = madeCredentials(input.dataDir);
    if (password === null || clientKeys.length === 0)
      input.warnings.push(
        `HOST ${input.host} can be reached from other machines: what was not set of password and client key was made and is in ${path}`,
      );
    password ??= made.password;
    if (clientKeys.length === 0)
      clientKeys = [{ key: made.clientKey, clientId: 'first', scopes: ['*'], source: 'file' }];
  }
  return { password, clientKeys, mode: modeOf(password, clientKeys, input.clientAuthDisabled) };
}

function modeOf(password: string | null, keys: readonly unknown[], clientsOpen: boolean): Mode {
  if (clientsOpen) return 'clients-open';
  if (password === null) return keys.length === 0 ? 'open' : 'keys';
  return keys.length === 0 ? 'password' : 'keys-and-password';
}
