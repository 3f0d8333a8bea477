/** The MCP servers of the demo: the reference server, and one that crashes now and then. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const reference = import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js');

/** In Claude's format. The one that crashes keeps nothing between calls, so all clients share its one connection. */
const mcpServers = {
  everything: { command: process.execPath, args: [fileURLToPath(reference), 'stdio'] },
  crashing: {
    command: process.execPath,
    args: [join(import.meta.dir, 'crashingServer.ts')],
    stateless: true,
  },
};

/** Writes the file of servers into the folder; answers its path. */
export async function writeMcpServers(folder: string): Promise<string> {
  const path = join(folder, 'mcp_config.json');
  await mkdir(folder, { recursive: true });
  await writeFile(path, `${JSON.stringify({ mcpServers }, null, 2)}\n`);
  return path;
}
