/** The columns of the table of conversations. */
import { A } from '@solidjs/router';
import { Show } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { compact, count, money } from '../../design/format.ts';
import type { Column } from '../../design/TableLine.tsx';
import { Ago } from '../../design/Time.tsx';
import type { ConversationRow } from '../../live/conversationCommands.ts';
import { statusInWords, titleOf, toneOfStatus } from '../../words/conversations.ts';
import { ConversationMenu } from './ConversationMenu.tsx';

const tokensOf = ({ usage }: ConversationRow): number => usage.input_tokens + usage.output_tokens;

export const columns: readonly Column<ConversationRow>[] = [
  {
    name: 'title',
    narrow: 'start',
    title: 'Conversation',
    width: 'minmax(200px, 2.4fr)',
    cell: (row) => (
      <span class="row">
        <A
          href={`/conversations/${row().id}`}
          class="truncate"
          classList={{ muted: row().title === null }}
        >
          {titleOf(row())}
        </A>
        <Show when={row().forked_from}>
          <span class="tag">fork</span>
        </Show>
      </span>
    ),
  },
  {
    name: 'state',
    narrow: 'end',
    title: 'State',
    width: '112px',
    cell: (row) => (
      <Badge status={row().status} tone={toneOfStatus(row().status)}>
        {statusInWords(row().status)}
      </Badge>
    ),
  },
  {
    name: 'owner',
    title: 'Owner',
    width: 'minmax(84px, 0.8fr)',
    cell: (row) => (
      <Show when={row().owner} fallback={<span class="faint">no key</span>}>
        <span class="muted">{row().owner}</span>
      </Show>
    ),
  },
  {
    name: 'models',
    narrow: 'below',
    title: 'Models',
    width: 'minmax(120px, 1.1fr)',
    cell: (row) => {
      const models = () => row().models.join(', ') || row().model || '–';
      return <span title={models()}>{models()}</span>;
    },
  },
  {
    name: 'turns',
    title: 'Turns',
    width: '52px',
    right: true,
    cell: (row) => <span class="num">{count(row().turn_count)}</span>,
  },
  {
    name: 'tokens',
    title: 'Tokens',
    width: '64px',
    right: true,
    cell: (row) => (
      <span
        class="num"
        title={`${count(row().usage.input_tokens)} in, ${count(row().usage.output_tokens)} out`}
      >
        {compact(tokensOf(row()))}
      </span>
    ),
  },
  {
    name: 'cost',
    title: 'Cost',
    width: '68px',
    right: true,
    cell: (row) => <span class="num">{money(row().cost_micro_usd)}</span>,
  },
  {
    name: 'updated',
    narrow: 'last',
    title: 'Last turn',
    width: '92px',
    right: true,
    cell: (row) => <Ago ms={Date.parse(row().updated_at)} />,
  },
  {
    name: 'more',
    narrow: 'menu',
    title: '',
    width: '30px',
    cell: (row) => <ConversationMenu of={row} />,
  },
];
