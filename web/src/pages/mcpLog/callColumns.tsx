/** The columns of the table of calls. */
import { A } from '@solidjs/router';
import { Badge } from '../../design/Badge.tsx';
import { bytes, duration } from '../../design/format.ts';
import type { Column } from '../../design/TableLine.tsx';
import { Clock } from '../../design/Time.tsx';
import type { ToolCall } from '../../live/world.ts';
import { toneOfCall, wordOfCall } from './callRows.ts';

function remarkOf({ error, is_error: isError, cached }: ToolCall): string {
  if (error !== null) return error;
  if (isError) return 'its own answer says so';
  return cached ? 'from the cache' : '–';
}

export const columns: readonly Column<ToolCall>[] = [
  {
    name: 'time',
    narrow: 'last',
    title: 'Ended',
    width: '76px',
    cell: (call) => <Clock ms={Date.parse(call().time)} />,
  },
  {
    name: 'outcome',
    narrow: 'end',
    title: 'Result',
    width: '118px',
    cell: (call) => <Badge status={wordOfCall(call())} tone={toneOfCall(call())} />,
  },
  {
    name: 'tool',
    narrow: 'start',
    title: 'Tool',
    width: 'minmax(140px, 1.4fr)',
    cell: (call) => <span class="mono">{call().tool}</span>,
  },
  {
    name: 'server',
    narrow: 'below',
    title: 'Server',
    width: 'minmax(100px, 1fr)',
    cell: (call) => <A href={`/mcp/servers/${call().server}`}>{call().server}</A>,
  },
  {
    name: 'client',
    title: 'Client',
    width: 'minmax(90px, 0.8fr)',
    cell: (call) => (
      <span classList={{ faint: call().client === null }}>{call().client ?? 'no key'}</span>
    ),
  },
  {
    name: 'via',
    title: 'Via',
    width: '96px',
    cell: (call) => (
      <span class="muted">
        {call().via}
        {call().via === 'mcp' ? ` ${call().era}` : ''}
      </span>
    ),
  },
  {
    name: 'duration',
    title: 'Took',
    width: '74px',
    right: true,
    sortBy: ({ duration_ms: ms }) => ms,
    cell: (call) => <span class="num">{duration(call().duration_ms)}</span>,
  },
  {
    name: 'bytes',
    title: 'Answer',
    width: '74px',
    right: true,
    sortBy: ({ response_bytes: size }) => size,
    cell: (call) => <span class="num">{bytes(call().response_bytes)}</span>,
  },
  {
    name: 'error',
    title: 'What went wrong',
    width: 'minmax(140px, 1.8fr)',
    cell: (call) => (
      <span title={call().error ?? ''} classList={{ faint: call().error === null }}>
        {remarkOf(call())}
      </span>
    ),
  },
];
