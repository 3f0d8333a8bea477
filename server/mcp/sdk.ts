/** The official SDK, loaded by who needs it first: a gateway that has no MCP server never pays for it. */
type ServerSdk = typeof import('@modelcontextprotocol/server');

let loaded: ServerSdk | undefined;

export const serverSdk = (): ServerSdk =>
  (loaded ??= import.meta.require('@modelcontextprotocol/server') as ServerSdk);
