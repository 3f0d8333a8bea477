/** One request: its attempts, what it used, what it caused. */
import { A, useParams } from '@solidjs/router';
import { createMemo, For, Show, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { Button } from '../../design/Button.tsx';
import { CopyFact } from '../../design/CopyFact.tsx';
import { Empty } from '../../design/Empty.tsx';
import { bytes, compact, count, duration, eventName, exact, money } from '../../design/format.ts';
import { Card, Figure, Page as Frame } from '../../design/Page.tsx';
import { Ago } from '../../design/Time.tsx';
import { ask } from '../../live/ask.ts';
import { requestOf } from '../../live/commands.ts';
import { world } from '../../live/store.ts';
import type { Event, Request } from '../../live/world.ts';
import { endInWords, toneOfRequest } from '../../words/requests.ts';
import { kindInWords } from '../../words/actors.ts';
import { nameOfActor } from '../../words/events.ts';
import { Attempts } from './Attempts.tsx';
import { RecordedBodies } from './Bodies.tsx';
import './request.css';

const ToAll = (): JSX.Element => <A href="/requests">Requests</A>;

export function Page(): JSX.Element {
  const params = useParams<{ id: string }>();
  const asked = ask(() => params.id, requestOf);
  const live = createMemo(() => world()?.requests.find(({ id }) => id === params.id));
  const request = () => (asked.value()?.id === params.id ? asked.value() : live());
  return (
    <Show
      when={request()}
      fallback={
        <Frame title="Request" crumb={<ToAll />}>
          <Show
            when={asked.fault()}
            fallback={<Empty title="Loading">The request is being read.</Empty>}
          >
            <Empty
              title="There is no such request"
              action={
                <>
                  <Button onClick={asked.again}>Try again</Button>
                  <A href="/requests" class="button">
                    Go to all requests
                  </A>
                </>
              }
            >
              {asked.fault()}
            </Empty>
          </Show>
        </Frame>
      }
    >
      {(one) => (
        <Frame
          title={one().model ?? `${one().method} ${one().route}`}
          crumb={<ToAll />}
          lead={
            <Show when={one().model !== null}>
              {one().method} <code>{one().route}</code>
            </Show>
          }
          beside={
            <Badge status={one().outcome} tone={toneOfRequest(one())}>
              {endInWords(one())}
            </Badge>
          }
        >
          <Figures of={one()} />
          <div class="cards">
            <div class="w8 stack">
              <Attempts of={one()} />
              <RecordedBodies id={one().id} />
            </div>
            <div class="w4 stack">
              <Facts of={one()} />
              <Caused events={asked.value()?.events} />
            </div>
          </div>
        </Frame>
      )}
    </Show>
  );
}

const Figures = (props: { of: Request }): JSX.Element => {
  const of = () => props.of;
  const parts = () =>
    [
      of().cached_tokens ? `${count(of().cached_tokens ?? 0)} from a cache` : '',
      of().reasoning_tokens ? `${count(of().reasoning_tokens ?? 0)} to reason` : '',
    ].filter((part) => part !== '');
  return (
    <div class="cards">
      <div class="w3">
        <Figure
          name="Took"
          value={duration(of().duration_ms)}
          more={`first byte after ${duration(of().first_byte_ms)}`}
        />
      </div>
      <div class="w3">
        <Figure
          name="Attempts"
          value={count(of().attempts.length)}
          more={
            of().attempts.length > 1 ? 'the last one answered' : (of().provider ?? 'nobody asked')
          }
        />
      </div>
      <div class="w3">
        <Figure
          name="Tokens read and written"
          value={
            of().input_tokens === null && of().output_tokens === null
              ? '–'
              : `${compact(of().input_tokens ?? 0)} → ${compact(of().output_tokens ?? 0)}`
          }
          more={
            parts().join(', ') ||
            (of().input_tokens === null ? 'no usage was told' : 'none from a cache')
          }
        />
      </div>
      <div class="w3">
        <Figure
          name="Cost"
          value={of().cost_micro_usd === null ? '–' : money(of().cost_micro_usd ?? 0)}
          more={
            of().cost_micro_usd === null
              ? 'price or usage not known'
              : of().price_version === null
                ? 'nothing is billed'
                : `prices of ${of().price_version}`
          }
        />
      </div>
    </div>
  );
};

const Facts = (props: { of: Request }): JSX.Element => {
  const of = () => props.of;
  return (
    <Card title="Request">
      <dl class="facts">
        <dt>Ended</dt>
        <dd>
          <Ago ms={Date.parse(of().time)} />
          <div class="muted small">{exact(Date.parse(of().time))}</div>
        </dd>
        <dt>Client</dt>
        <dd>
          <Show when={of().client} fallback={<span class="muted">no key was shown</span>}>
            {(client) => <A href={`/requests?client=${client()}`}>{client()}</A>}
          </Show>
        </dd>
        <dt>Dialect</dt>
        <dd>
          {of().dialect}
          {of().streamed && ', streamed'}
        </dd>
        <Show when={of().model_route}>
          {(name) => (
            <>
              <dt>Model route</dt>
              <dd>{name()}</dd>
            </>
          )}
        </Show>
        <dt>Bytes</dt>
        <dd>
          {bytes(of().request_bytes)} asked, {bytes(of().response_bytes)} answered
        </dd>
        <CopyFact name="Id" text={of().id} what="the request's id" />
        <CopyFact name="Trace id" text={of().trace_id} what="the trace id" />
      </dl>
    </Card>
  );
};

const Caused = (props: { events: readonly Event[] | undefined }): JSX.Element => (
  <Card title="What it caused">
    <Show
      when={props.events?.length}
      fallback={
        <p class="muted">
          {props.events ? 'Nothing: no actor changed because of it.' : 'Looking in the log…'}
        </p>
      }
    >
      <ul class="stack">
        <For each={props.events}>
          {(event) => (
            <li>
              <A href={`/audit?event=${event.sequence}&correlation=${event.correlation_id ?? ''}`}>
                {eventName(event.type, event.kind)}
              </A>
              <div class="row wrap muted small">
                <span>
                  {kindInWords(event.kind)} {nameOfActor(event.kind, event.actor_id)}
                </span>
                <A href={`/time?at=${event.sequence - 1}`}>as it was before</A>
              </div>
            </li>
          )}
        </For>
      </ul>
    </Show>
  </Card>
);
