/** The columns of the table of requests. */
import { A } from '@solidjs/router';
import { For, Show, type Accessor, type JSX } from 'solid-js';
import { Badge, Shape } from '../../design/Badge.tsx';
import { compact, count, duration, money, plural } from '../../design/format.ts';
import type { Column } from '../../design/TableLine.tsx';
import { Clock } from '../../design/Time.tsx';
import type { Request } from '../../live/world.ts';
import {
  attemptInWords,
  endInWords,
  nameOfKey,
  toneOfAttempt,
  toneOfRequest,
} from '../../words/requests.ts';

const marksAtMost = 5;

/** One mark for each attempt, in order. */
const Attempts = (props: { of: Accessor<Request> }): JSX.Element => {
  const attempts = () => props.of().attempts;
  return (
    <span class="row marks" title={attempts().map(attemptInWords).join('\n')}>
      <For each={attempts().slice(0, marksAtMost)}>
        {(one) => (
          <span class={`tone-${toneOfAttempt(one)}`}>
            <Shape tone={toneOfAttempt(one)} />
          </span>
        )}
      </For>
      <Show when={attempts().length > marksAtMost}>
        <span class="muted small">+{attempts().length - marksAtMost}</span>
      </Show>
      <span class="unseen">{plural(attempts().length, 'attempt')}</span>
    </span>
  );
};

const tokens = (value: number | null) => (value === null ? '–' : compact(value));

export const columns: readonly Column<Request>[] = [
  {
    name: 'time',
    narrow: 'last',
    title: 'Ended',
    width: '72px',
    cell: (request) => (
      <A href={`/requests/${request().id}`} title={request().id}>
        <Clock ms={Date.parse(request().time)} />
      </A>
    ),
  },
  {
    name: 'status',
    narrow: 'end',
    title: 'Result',
    width: '128px',
    cell: (request) => (
      <Badge status={request().outcome} tone={toneOfRequest(request())}>
        {endInWords(request())}
      </Badge>
    ),
  },
  {
    name: 'model',
    narrow: 'start',
    title: 'Model',
    width: 'minmax(150px, 1.4fr)',
    cell: (request) => (
      <span title={`${request().method} ${request().route}`}>
        {request().model ?? <span class="muted">{request().route}</span>}
        <Show when={request().streamed}>
          {' '}
          <span class="tag">stream</span>
        </Show>
      </span>
    ),
  },
  {
    name: 'attempts',
    title: 'Attempts',
    width: '84px',
    cell: (request) => <Attempts of={request} />,
  },
  {
    name: 'key',
    narrow: 'below',
    title: 'Answered by',
    width: 'minmax(130px, 1.1fr)',
    cell: (request) => (
      <Show when={request().provider} fallback={<span class="faint">nobody</span>}>
        {(provider) => (
          <span class="row">
            <span>{provider()}</span>
            <Show when={request().key_id}>
              {(id) => (
                <A class="truncate" href={`/keys/${id()}`}>
                  {nameOfKey(id())}
                </A>
              )}
            </Show>
          </span>
        )}
      </Show>
    ),
  },
  {
    name: 'client',
    title: 'Client',
    width: 'minmax(80px, 0.7fr)',
    cell: (request) => request().client ?? <span class="faint">no key</span>,
  },
  {
    name: 'duration',
    title: 'Took',
    width: '74px',
    right: true,
    cell: (request) => (
      <span title={`first byte after ${duration(request().first_byte_ms)}`}>
        {duration(request().duration_ms)}
      </span>
    ),
  },
  {
    name: 'tokens',
    title: 'Tokens',
    width: '96px',
    right: true,
    cell: (request) => (
      <span
        title={`${count(request().input_tokens ?? 0)} read, ${count(request().output_tokens ?? 0)} written`}
      >
        <Show
          when={request().input_tokens !== null || request().output_tokens !== null}
          fallback={<span class="faint">–</span>}
        >
          {tokens(request().input_tokens)} <span class="faint">→</span>{' '}
          {tokens(request().output_tokens)}
        </Show>
      </span>
    ),
  },
  {
    name: 'cost',
    title: 'Cost',
    width: '70px',
    right: true,
    cell: (request) => (
      <Show
        when={request().cost_micro_usd !== null}
        fallback={
          <span class="faint" title="The price of the model, or what was used, is not known">
            –
          </span>
        }
      >
        {money(request().cost_micro_usd ?? 0)}
      </Show>
    ),
  },
];
