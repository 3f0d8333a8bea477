/** The columns of the actors then and now. */
import { A } from '@solidjs/router';
import { Show, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { count } from '../../design/format.ts';
import type { Column } from '../../design/TableLine.tsx';
import { kindInWords, nameIn } from '../../words/actors.ts';
import { changeInWords, type Row } from './then.ts';
import type { Contexts, Kind } from '../../live/fold/actors.ts';

/** As it was called then. */
export const nameOf = ({ kind, id, past, now }: Row): string =>
  nameIn(kind, id, (past?.context as Contexts[Kind] | undefined) ?? now?.context);

const Status = (props: { at: 'then' | 'now'; status: string | undefined }): JSX.Element => (
  <>
    <span class="only-two" data-word={props.at} />
    <Show when={props.status} fallback={<span class="faint">not there</span>}>
      {(status) => <Badge status={status()} />}
    </Show>
  </>
);

export const columnsOf = (hrefOf: (row: Row) => string): readonly Column<Row>[] => [
  {
    name: 'name',
    narrow: 'start',
    title: 'Actor',
    width: 'minmax(150px, 1.5fr)',
    cell: (row) => (
      <A href={hrefOf(row())} title={row().id}>
        {nameOf(row())}
      </A>
    ),
  },
  {
    name: 'then',
    narrow: 'end',
    title: 'Then',
    width: '96px',
    cell: (row) => <Status at="then" status={row().past?.status} />,
  },
  {
    name: 'now',
    narrow: 'last',
    title: 'Now',
    width: '96px',
    cell: (row) => <Status at="now" status={row().now?.status} />,
  },
  {
    name: 'difference',
    narrow: 'below',
    title: 'Different now',
    width: 'minmax(110px, 1.8fr)',
    cell: (row) => (
      <span class="muted" title={changeInWords(row())}>
        {changeInWords(row()) || <span class="faint">nothing</span>}
      </span>
    ),
  },
  {
    name: 'kind',
    title: 'Kind',
    width: 'minmax(104px, 0.7fr)',
    cell: (row) => <span class="muted">{kindInWords(row().kind)}</span>,
  },
  {
    name: 'sequence',
    title: 'Event',
    width: '60px',
    right: true,
    cell: (row) => (
      <Show when={row().past} fallback={<span class="faint">–</span>}>
        {(then) => (
          <A href={`/audit?event=${then().sequence}`} title="Its last event then">
            {count(then().sequence)}
          </A>
        )}
      </Show>
    ),
  },
];
