/** The columns of the log. */
import { A } from '@solidjs/router';
import { Show } from 'solid-js';
import { Shape } from '../../design/Badge.tsx';
import { count, eventName } from '../../design/format.ts';
import type { Column } from '../../design/TableLine.tsx';
import { Ago } from '../../design/Time.tsx';
import type { Event } from '../../live/world.ts';
import { kindInWords } from '../../words/actors.ts';
import { gistOf, makerInWords, nameOfActor, toneOfEvent } from '../../words/events.ts';

export const columnsOf = (hrefOf: (event: Event) => string): readonly Column<Event>[] => [
  {
    name: 'sequence',
    narrow: 'end',
    title: 'Event',
    width: '52px',
    right: true,
    cell: (event) => <A href={hrefOf(event())}>{count(event().sequence)}</A>,
  },
  {
    name: 'time',
    narrow: 'last',
    title: 'When',
    width: '82px',
    cell: (event) => (
      <span class="muted">
        <Show when={event().time} fallback="unknown">
          {(time) => <Ago ms={Date.parse(time())} />}
        </Show>
      </span>
    ),
  },
  {
    name: 'type',
    narrow: 'start',
    title: 'What',
    width: 'minmax(136px, 1fr)',
    cell: (event) => (
      <span class="row" title={event().type}>
        <span class={`mark tone-${toneOfEvent(event())}`}>
          <Shape tone={toneOfEvent(event())} />
        </span>
        <span class="truncate">{eventName(event().type, event().kind)}</span>
      </span>
    ),
  },
  {
    name: 'actor',
    narrow: 'below',
    title: 'Actor',
    width: 'minmax(150px, 1.4fr)',
    cell: (event) => (
      <span title={event().actor_id}>
        <span class="muted">{kindInWords(event().kind)}</span>{' '}
        {nameOfActor(event().kind, event().actor_id)}
      </span>
    ),
  },
  {
    name: 'gist',
    title: 'Details',
    width: 'minmax(110px, 1.6fr)',
    cell: (event) => (
      <span class="muted" title={gistOf(event())}>
        {gistOf(event())}
      </span>
    ),
  },
  {
    name: 'by',
    title: 'By',
    width: '84px',
    cell: (event) => (
      <span class="muted" title={event().by?.id}>
        {makerInWords(event().by?.kind)}
      </span>
    ),
  },
];
