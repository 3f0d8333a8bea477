/** The configuration of an MCP server, changed by somebody who never saw its secrets. */
import { describe, expect, test } from 'bun:test';
import { keep, settingsOf } from '../../server/mcp/config/keep.ts';
import { completed } from '../../server/mcp/config/unchanged.ts';
import { BadServer, writtenServer } from '../../server/mcp/config/written.ts';
import { memoryVault } from '../support/memoryVault.ts';

async function kept(config: object) {
  const vault = memoryVault();
  const written = writtenServer(config);
  await keep(written, 'mcp-1', vault);
  return { vault, settings: settingsOf(written, 'mcp-1', vault) };
}

const remote = {
  url: 'https://user:word@host.example/mcp?key=hidden',
  headers: { authorization: 'Bearer hidden', 'x-plain': '${PLAIN}' },
};
const program = {
  command: 'tool',
  args: ['plain', '--token', 'sk-hidden', '--key=sk-second'],
  env: { SECRET: 'hidden' },
};

describe('what is left as it was shown', () => {
  test('stays as it was: address, headers', async () => {
    const { vault, settings } = await kept(remote);
    const body = {
      url: settings.url ?? '',
      headers: { authorization: null, 'x-new': 'new' },
    };
    expect(await completed(body, settings, vault)).toEqual({
      url: remote.url,
      headers: { authorization: 'Bearer hidden', 'x-new': 'new' },
    });
  });

  test('stays as it was: arguments wherever they stand, environment', async () => {
    const { vault, settings } = await kept(program);
    const body = {
      command: 'tool',
      args: ['first', '--token', null, '--key=…'],
      env: { SECRET: null, OTHER: 'one' },
    };
    expect(await completed(body, settings, vault)).toEqual({
      command: 'tool',
      args: ['first', '--token', 'sk-hidden', '--key=sk-second'],
      env: { SECRET: 'hidden', OTHER: 'one' },
    });
  });

  test('does not go to another program or host than it was given for', async () => {
    const one = await kept(remote);
    const elsewhere = { url: 'https://other.example/mcp', headers: { authorization: null } };
    await expect(completed(elsewhere, one.settings, one.vault)).rejects.toThrow(BadServer);
    const other = await kept(program);
    const another = { command: 'thief', env: { SECRET: null } };
    await expect(completed(another, other.settings, other.vault)).rejects.toThrow(BadServer);
  });

  test('has to be there', async () => {
    const { vault, settings } = await kept(remote);
    const unknown = { url: 'https://host.example/', headers: { 'x-unknown': null } };
    await expect(completed(unknown, settings, vault)).rejects.toThrow('x-unknown has no value yet');
    const fewer = await kept({ command: 'tool', args: ['sk-one', 'sk-two'] });
    await expect(
      completed({ command: 'tool', args: [null] }, fewer.settings, fewer.vault),
    ).rejects.toThrow('told apart');
  });

  test('leaves a configuration that is whole as it is', async () => {
    const { vault, settings } = await kept(remote);
    const body = { url: 'https://other.example/mcp', headers: { a: 'b' } };
    expect(await completed(body, settings, vault)).toEqual(body);
  });
});
