/** The official SDK, loaded by who needs it first: a gateway that has no MCP server never pays for it. */
import type * as ServerSdk from '@modelcontextprotocol/server';

let loaded: typeof ServerSdk | undefined;

export const serverSdk = (): typeof ServerSdk =>
  (loaded ??= import.meta.require('@modelcontextprotocol/server') as typeof ServerSdk);
