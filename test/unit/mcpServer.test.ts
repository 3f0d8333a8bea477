/** What becomes of an MCP server, state by state. */
import { describe, expect, test } from 'bun:test';
import { decide } from '../../actors/mcpServer/decide.ts';
import { mcpServerKind } from '../../actors/mcpServer/mcpServer.ts';
import { toolsOff } from '../../actors/mcpServer/toolSwitches.ts';
import type { McpServerEvent, McpServerSettings } from '../../events/mcpServer.ts';
import { scenariosOf } from '../support/givenWhenThen.ts';

const { given } = scenariosOf(mcpServerKind);

const settings: McpServerSettings = {
  transport: 'http',
  command: null,
  args: [],
  env: [],
  cwd: null,
  url: 'https://example.com/mcp',
  headers: [{ name: 'Authorization', text: null }],
  secretRef: 'mcp-1',
  fingerprint: 'ab',
  stateless: false,
  toolsOff: [],
};
const data = { name: 'Files', settings, source: 'file' as const, createdAtMs: 1_000 };
const added: McpServerEvent = { type: 'McpServerAdded', data };
const left: McpServerEvent = { type: 'McpServerLeftSource', data: { source: 'file' } };
const removed: McpServerEvent = { type: 'McpServerRemoved', data: {} };
const item = (name: string, hash: string) => ({ name, hash, item: { name } });
const listed = (...items: ReturnType<typeof item>[]): McpServerEvent => ({
  type: 'McpServerItemsListed',
  data: {
    list: 'tools',
    items,
    added: items.map(({ name }) => name),
    removed: [],
    changed: [],
    hashes: items.map(({ name, hash }) => ({ name, before: null, after: hash })),
  },
});

describe('an MCP server', () => {
  test('is added enabled, and no file adds again what an operator removed', () => {
    const state = given()
      .when({ type: 'AddMcpServer', ...data })
      .thenHappened(added);
    expect(state.value).toBe('enabled');
    given(added, removed)
      .when({ type: 'AddMcpServer', ...data })
      .thenNothingHappened();
    given(added, removed)
      .when({ type: 'AddMcpServer', ...data, source: 'api' })
      .thenHappened({ type: 'McpServerAdded', data: { ...data, source: 'api' } });
  });

  test('cannot be removed or changed where it is a part of the gateway, and is switched off instead', () => {
    const own = { ...data, source: 'built-in' as const };
    const there: McpServerEvent = { type: 'McpServerAdded', data: own };
    given(there).when({ type: 'RemoveMcpServer' }).thenRefused('INVALID');
    given(there).when({ type: 'ChangeMcpServer', source: 'api', settings }).thenRefused('INVALID');
    given(there)
      .when({ type: 'DisableMcpServer' })
      .thenHappened({ type: 'McpServerDisabled', data: {} });
    given(there).when({ type: 'RemoveMcpServer', source: 'built-in' }).thenHappened(removed);
    // Its name is free then.
    given(there, removed)
      .when({ type: 'AddMcpServer', ...data })
      .thenHappened(added);
  });

  test('is changed by its own source only, and the older secret is owed to be erased', () => {
    const other = { ...settings, secretRef: 'mcp-2', fingerprint: 'cd' };
    const state = given(added)
      .when({ type: 'ChangeMcpServer', source: 'file', settings: other })
      .thenHappened({ type: 'McpServerChanged', data: { source: 'file', settings: other } });
    expect(mcpServerKind.owed?.(state)).toEqual([{ type: 'EraseSecret', secretRef: 'mcp-1' }]);
    given(added)
      .when({ type: 'ChangeMcpServer', source: 'api', settings: other })
      .thenRefused('INVALID');
    given(added)
      .when({
        type: 'ChangeMcpServer',
        source: 'file',
        settings: { ...settings, secretRef: 'mcp-3' },
      })
      .thenNothingHappened();
  });

  test('is switched off and on, and a wish for a connection switches it on', () => {
    const off: McpServerEvent = { type: 'McpServerDisabled', data: {} };
    const on: McpServerEvent = { type: 'McpServerEnabled', data: {} };
    given(added).when({ type: 'DisableMcpServer' }).thenHappened(off);
    given(added, off).when({ type: 'EnableMcpServer' }).thenHappened(on);
    given(added, off).when({ type: 'AskForConnection' }).thenHappened(on);
    given(added)
      .when({ type: 'AskForConnection' })
      .thenHappened({ type: 'McpServerConnectAsked', data: {} });
  });

  test('leaves with its source, cannot be switched on meanwhile, and comes back', () => {
    given(added).when({ type: 'LeaveSource', source: 'file' }).thenHappened(left);
    given(added).when({ type: 'LeaveSource', source: 'environment' }).thenNothingHappened();
    given(added, left).when({ type: 'EnableMcpServer' }).thenRefused('INVALID');
    given(added, left)
      .when({ type: 'ReturnToSource', source: 'file' })
      .thenHappened({ type: 'McpServerReturned', data: { source: 'file' } });
  });

  test('tells what is new, gone and changed of its tools, and says nothing where nothing is', () => {
    const before = listed(item('read', 'a'), item('write', 'b'));
    given(added)
      .when({ type: 'ListMcpItems', list: 'tools', items: [item('read', 'a')] })
      .thenHappened(listed(item('read', 'a')));
    given(added, before)
      .when({ type: 'ListMcpItems', list: 'tools', items: [item('write', 'b'), item('read', 'a')] })
      .thenNothingHappened();
    const after = [item('write', 'c'), item('move', 'd')];
    given(added, before)
      .when({ type: 'ListMcpItems', list: 'tools', items: after })
      .thenHappened({
        type: 'McpServerItemsListed',
        data: {
          list: 'tools',
          items: after,
          added: ['move'],
          removed: ['read'],
          changed: ['write'],
          hashes: [
            { name: 'move', before: null, after: 'd' },
            { name: 'write', before: 'b', after: 'c' },
            { name: 'read', before: 'a', after: null },
          ],
        },
      });
  });

  test('that is removed offers nothing, and its secret is erased', () => {
    const state = given(added, listed(item('read', 'a')))
      .when({ type: 'RemoveMcpServer' })
      .thenHappened(removed);
    expect(state.context.lists.tools).toEqual([]);
    given(added, removed)
      .when({ type: 'EraseSecretDone', secretRef: 'mcp-1' })
      .thenHappened({ type: 'McpServerSecretErased', data: { secretRef: 'mcp-1' } });
    given(added, removed).when({ type: 'RemoveMcpServer' }).thenRefused('GONE');
  });

  test('whose list fills more than one event is told in parts, each of which fits, and is whole in the end', () => {
    const large = (name: string, hash: string) => ({ ...item(name, hash), item: { name, x } });
    const x = 'x'.repeat(40 * 1024);
    const all = Array.from({ length: 12 }, (_, n) => large(`tool-${n}`, 'a'));
    const read = (items: readonly ReturnType<typeof large>[], before: McpServerEvent[]) => {
      const events = [...before];
      for (let part = 0; part < 20; part++) {
        const command = { type: 'ListMcpItems', list: 'tools', items } as const;
        const event = decide(command, given(...events).state);
        if (event === null) break;
        expect(JSON.stringify(event).length).toBeLessThan(230 * 1024);
        events.push(event);
      }
      return events;
    };
    const first = read(all, [added]);
    expect(first.length).toBeGreaterThan(3);
    expect(given(...first).state.context.lists.tools).toEqual(all);
    const partsOf = (events: readonly McpServerEvent[]) =>
      events.flatMap((event) => (event.type === 'McpServerItemsListed' ? [event.data.part] : []));
    expect(partsOf(first).at(-1)).toBe('last');

    const next = [...all.slice(1, 5), large('tool-5', 'b'), ...all.slice(6), large('new', 'c')];
    const second = read(next, first).slice(first.length);
    expect(given(...first, ...second).state.context.lists.tools).toEqual(next);
    expect(second.map(({ data: told }) => told)).toMatchObject([
      { items: [], removed: ['tool-0'], part: 'more' },
      { added: ['new'], changed: ['tool-5'], removed: [], part: 'last' },
    ]);
  });

  test('has single tools switched by an operator, whatever its configuration says', () => {
    const off = { ...settings, toolsOff: ['write'] };
    const known = [
      { type: 'McpServerAdded', data: { ...data, settings: off } },
      listed(item('read', 'a'), item('write', 'b')),
    ] satisfies McpServerEvent[];
    const toggle = (tool: string, isEnabled: boolean) =>
      ({ type: 'SwitchMcpTool', tool, isEnabled }) as const;
    const switched = (tool: string, isEnabled: boolean): McpServerEvent => ({
      type: 'McpToolSwitched',
      data: { tool, isEnabled },
    });
    const readOff = given(...known)
      .when(toggle('read', false))
      .thenHappened(switched('read', false));
    expect(toolsOff(readOff.context)).toEqual(['write', 'read']);
    const writeOn = given(...known, switched('read', false))
      .when(toggle('write', true))
      .thenHappened(switched('write', true));
    expect(toolsOff(writeOn.context)).toEqual(['read']);
    const again = given(...known, switched('read', false))
      .when(toggle('read', true))
      .thenHappened(switched('read', true));
    expect(again.context.toolSwitches).toEqual([]);
    given(...known)
      .when(toggle('write', false))
      .thenNothingHappened();
    given(...known)
      .when(toggle('other', false))
      .thenRefused('NOT_FOUND');
    given(...known, removed)
      .when(toggle('read', false))
      .thenRefused('GONE');
  });
});
