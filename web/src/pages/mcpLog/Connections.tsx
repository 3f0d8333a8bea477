/** What happened to MCP servers and to the connections to them, newest first, live. */
import { A } from '@solidjs/router';
import { createMemo, Show, type JSX } from 'solid-js';
import { Shape } from '../../design/Badge.tsx';
import { Button } from '../../design/Button.tsx';
import { Empty } from '../../design/Empty.tsx';
import { Search, Select } from '../../design/Field.tsx';
import { eventName } from '../../design/format.ts';
import { Table } from '../../design/Table.tsx';
import type { Column } from '../../design/TableLine.tsx';
import { Ago, Clock } from '../../design/Time.tsx';
import type { Tone } from '../../design/tones.ts';
import { ask } from '../../live/ask.ts';
import { mcpEvents } from '../../live/mcpCommands.ts';
import { actorsOf, choicesOf } from '../../live/selectors.ts';
import { world } from '../../live/store.ts';
import type { Event } from '../../live/world.ts';
import { useFilters } from '../../shell/address.ts';
import { dialCauses } from '../../words/mcp.ts';

type Params = { q?: string; server?: string };

const kinds = new Set(['mcp-server', 'mcp-connection']);

const tones: Readonly<Record<string, Tone>> = {
  McpConnectionReady: 'good',
  McpConnectionDialled: 'busy',
  McpConnectionFailed: 'bad',
  McpConnectionLost: 'bad',
  McpConnectionNeedsAuth: 'bad',
  McpServerItemsListed: 'busy',
  McpServerAdded: 'good',
  McpServerEnabled: 'good',
};

/** A connection's id begins with its server's. */
function serverOf({ kind, actor_id: id, data }: Event): string {
  if (kind === 'mcp-server') return id;
  const named = data?.['server'];
  if (typeof named === 'string') return named;
  const of = actorsOf('mcp-connection').find((one) => one.id === id);
  return of?.context.server ?? id;
}

const sizeOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

function textOf({ type, data }: Event): string {
  if (!data) return '';
  if (type === 'McpServerItemsListed') {
    const parts = (['added', 'changed', 'removed'] as const).flatMap((name) =>
      sizeOf(data[name]) > 0 ? [`${sizeOf(data[name])} ${name}`] : [],
    );
    return `${String(data['list'])}: ${parts.join(', ') || 'the same'}`;
  }
  const { reason, cause, protocol_version: version, tool, transport, is_enabled: isOn } = data;
  const why = typeof cause === 'string' ? (dialCauses[cause] ?? cause) : undefined;
  const speaks = typeof version === 'string' ? `MCP ${version}` : undefined;
  const parts = [reason, tool, why, transport, speaks].filter(
    (part) => typeof part === 'string' && part !== '',
  );
  if (type === 'McpToolSwitched') parts.push(isOn === true ? 'on' : 'off');
  return parts.join(' · ');
}

const nameOf = ({ type, kind }: Event): string =>
  kind === 'mcp-connection'
    ? `Connection ${eventName(type, kind).toLowerCase()}`
    : eventName(type, kind).replace(/^Mcp tool/, 'Tool');

const columns: readonly Column<Event>[] = [
  {
    name: 'time',
    title: 'When',
    width: '84px',
    cell: (event) => (
      <Show when={event().time} fallback="–">
        {(time) => <Clock ms={Date.parse(time())} />}
      </Show>
    ),
  },
  {
    name: 'ago',
    narrow: 'last',
    title: '',
    width: '86px',
    cell: (event) => (
      <span class="muted">
        <Show when={event().time}>{(time) => <Ago ms={Date.parse(time())} />}</Show>
      </span>
    ),
  },
  {
    name: 'server',
    narrow: 'end',
    title: 'Server',
    width: 'minmax(110px, 1fr)',
    cell: (event) => (
      <A href={`/mcp/servers/${serverOf(event())}?tab=history`}>{serverOf(event())}</A>
    ),
  },
  {
    name: 'type',
    narrow: 'start',
    title: 'What happened',
    width: 'minmax(170px, 1.2fr)',
    cell: (event) => (
      <span class={`mark-row tone-${tones[event().type] ?? 'idle'}`}>
        <Shape tone={tones[event().type] ?? 'idle'} />
        {nameOf(event())}
      </span>
    ),
  },
  {
    name: 'text',
    narrow: 'below',
    title: 'In words',
    width: 'minmax(180px, 2.4fr)',
    cell: (event) => <span title={textOf(event())}>{textOf(event())}</span>,
  },
  {
    name: 'by',
    title: 'By',
    width: '90px',
    cell: (event) => <span class="muted">{event().by?.kind ?? '–'}</span>,
  },
];

export function Connections(): JSX.Element {
  const { params, setParams, set } = useFilters<Params>();
  const old = ask(() => 'all', mcpEvents);
  const all = createMemo(() => {
    const bySequence = new Map<number, Event>();
    for (const event of [...(world()?.transitions ?? []), ...(old.value() ?? [])]) {
      if (kinds.has(event.kind)) bySequence.set(event.sequence, event);
    }
    return [...bySequence.values()].toSorted((one, other) => other.sequence - one.sequence);
  });
  const shown = createMemo(() => {
    const wanted = (params.q ?? '').toLowerCase();
    return all().filter((event) => {
      const server = serverOf(event);
      if (params.server && server !== params.server) return false;
      return `${server} ${nameOf(event)} ${textOf(event)}`.toLowerCase().includes(wanted);
    });
  });
  const servers = createMemo(() => [
    { value: '', text: 'All servers' },
    ...choicesOf('mcp-server'),
  ]);
  return (
    <>
      <div class="row wrap">
        <Search label="Search connections" value={params.q ?? ''} onInput={set('q')} />
        <Select
          label="Server"
          value={params.server ?? ''}
          options={servers()}
          onInput={set('server')}
        />
        <span class="muted small" role="status">
          {shown().length} of the last {all().length} events
        </span>
      </div>
      <Table
        label="Events of servers and connections"
        rows={shown()}
        idOf={({ sequence }) => String(sequence)}
        columns={columns}
        hrefOf={(event) => `/mcp/servers/${serverOf(event)}?tab=history`}
        empty={
          <Show
            when={all().length > 0}
            fallback={
              <Empty
                title={old.value() ? 'Nothing happened yet' : (old.fault() ?? 'Loading')}
                action={
                  <A class="button primary" href="/mcp/servers?add=server">
                    Add a server
                  </A>
                }
              >
                Each dial, loss and change of an MCP server is noted here.
              </Empty>
            }
          >
            <Empty
              title="No event fits"
              action={
                <Button onClick={() => setParams({ q: null, server: null })}>Show all</Button>
              }
            >
              None of the last {all().length} events fits this search.
            </Empty>
          </Show>
        }
      />
    </>
  );
}
