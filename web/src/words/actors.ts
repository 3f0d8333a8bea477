/** Actors in words: what their kinds are called, what each is called, and where its page is. */
import { isKind, type Contexts, type Kind } from '../live/fold/actors.ts';

const kinds: Readonly<Record<string, readonly [one: string, many: string]>> = {
  provider: ['Provider', 'Providers'],
  'provider-key': ['Provider key', 'Provider keys'],
  breaker: ['Breaker', 'Breakers'],
  'client-key': ['Client key', 'Client keys'],
  'model-route': ['Model route', 'Model routes'],
  setting: ['Setting', 'Settings'],
  'mcp-server': ['MCP server', 'MCP servers'],
  'mcp-connection': ['MCP connection', 'MCP connections'],
  'mcp-backend': ['MCP backend', 'MCP backends'],
  operator: ['Operator', 'Operators'],
  day: ['Day', 'Days'],
};

export const kindNames: readonly string[] = Object.keys(kinds);
export const kindInWords = (kind: string): string => kinds[kind]?.[0] ?? kind;
export const kindsInWords = (kind: string): string => kinds[kind]?.[1] ?? kind;

/** What people call it; its id where it has no name. */
export function nameIn(kind: string, id: string, context: Contexts[Kind] | undefined): string {
  if (!isKind(kind) || context === undefined) return id;
  if (kind === 'provider-key' && 'provider' in context) {
    return `${context.provider} · ${context.name || id}`;
  }
  if ('name' in context && typeof context.name === 'string' && context.name !== '') {
    return context.name;
  }
  if (kind === 'mcp-connection' && 'server' in context) return String(context.server || id);
  return id;
}
