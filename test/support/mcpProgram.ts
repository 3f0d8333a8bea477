/** Servers that are programs of the tests' own, and what is left of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';

const path = join(import.meta.dir, '../fixtures/mcpProgram.ts');

/** `how` it misbehaves; what comes after it is there to be found in /proc. */
export const program = (how: string, ...more: string[]) => ({
  command: process.execPath,
  args: [path, how, ...more],
});

/** Neither gone nor only waiting to be reaped. */
export function lives(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}

export async function callText(
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
): Promise<string> {
  const { content } = await client.callTool({ name, arguments: args });
  const [first] = content;
  return first?.type === 'text' ? first.text : '';
}
