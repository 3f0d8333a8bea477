/** Names under the one roof: `{server}_{name}`, found again by a table and never by splitting. */
import { createHash } from 'node:crypto';

/** What clients and models take; MCP itself allows twice as much. */
const longestName = 64;
const hashChars = 8;

/** Path segments of this gateway's own. */
export const reservedServers: ReadonlySet<string> = new Set(['servers', 'tools', 'status', 'logs']);

/** The same short name for the same long one, in every process and after every restart. */
export function exposedName(server: string, name: string): string {
  const whole = `${server}_${name}`;
  if (whole.length <= longestName) return whole;
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, hashChars);
  return `${whole.slice(0, longestName - hashChars - 1)}_${hash}`;
}
