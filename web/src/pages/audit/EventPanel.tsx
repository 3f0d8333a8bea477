/** One event of the log: its data, and the chain of what led to it and what followed. */
import { A } from '@solidjs/router';
import { createMemo, Match, Show, Switch, type JSX } from 'solid-js';
import { Copy } from '../../design/Button.tsx';
import { CopyFact } from '../../design/CopyFact.tsx';
import { count, duration, eventName, exact } from '../../design/format.ts';
import { Json } from '../../design/Json.tsx';
import { Timeline, type Moment } from '../../design/Timeline.tsx';
import { ask } from '../../live/ask.ts';
import { requestOf } from '../../live/commands.ts';
import { eventsOfCause } from '../../live/historyCommands.ts';
import type { Event, Request } from '../../live/world.ts';
import { kindInWords } from '../../words/actors.ts';
import { gistOf, makerInWords, nameOfActor, toneOfEvent } from '../../words/events.ts';
import { endInWords, toneOfRequest } from '../../words/requests.ts';

type Asked = { of: Event; hrefOf: (event: Event) => string };

export const EventPanel = (props: Asked & { filterHref: (correlation: string) => string }) => (
  <>
    <div class="row wrap">
      <A class="button slim" href={`/time?at=${props.of.sequence - 1}`}>
        Travel to before it
      </A>
      <A class="button slim" href={`/time?at=${props.of.sequence}`}>
        Travel to after it
      </A>
    </div>
    <Facts {...props} />
    <Show when={props.of.unreadable}>
      {(why) => (
        <div class="notice bad" role="note">
          {why()}
        </div>
      )}
    </Show>
    <section aria-label="Cause chain">
      <h3>Cause chain</h3>
      <Chain of={props.of} hrefOf={props.hrefOf} />
    </section>
    <section aria-label="Data">
      <div class="row spread">
        <h3>Data</h3>
        <Copy text={JSON.stringify(props.of.data, null, 2)} what="the data" />
      </div>
      <Json value={props.of.data} label="Data of the event" />
    </section>
  </>
);

const Facts = (props: { of: Event; filterHref: (correlation: string) => string }): JSX.Element => (
  <dl class="facts">
    <dt>Actor</dt>
    <dd class="row wrap">
      <span>{kindInWords(props.of.kind)}</span>
      <A href={`/audit?kind=${props.of.kind}&actor=${props.of.actor_id}`}>
        {nameOfActor(props.of.kind, props.of.actor_id)}
      </A>
    </dd>
    <dt>Type</dt>
    <dd>
      <code>{props.of.type}</code> <span class="muted">version {props.of.version}</span>
    </dd>
    <dt>Time</dt>
    <dd>{props.of.time === null ? 'unknown' : exact(Date.parse(props.of.time))}</dd>
    <dt>By</dt>
    <dd>
      {makerInWords(props.of.by?.kind)} <code>{props.of.by?.id}</code>
    </dd>
    <Show when={props.of.correlation_id}>
      {(id) => (
        <>
          <dt>Correlation</dt>
          <dd class="row">
            <A class="mono truncate" href={props.filterHref(id())}>
              {id()}
            </A>
            <Copy text={id()} what="the correlation id" />
          </dd>
        </>
      )}
    </Show>
    <Show when={props.of.trace_id}>
      {(id) => <CopyFact name="Trace id" text={id()} what="the trace id" />}
    </Show>
  </dl>
);

const requestMoment = (request: Request): Moment => ({
  id: request.id,
  tone: toneOfRequest(request),
  title: `Request: ${endInWords(request)}`,
  ms: Date.parse(request.started_at),
  text: `${request.method} ${request.route} · ${request.model ?? 'no model'} · ${duration(request.duration_ms)}`,
  more: () => (
    <A class="small" href={`/requests/${request.id}`}>
      Show its attempts
    </A>
  ),
});

function Chain(props: Asked): JSX.Element {
  const correlation = createMemo(() => props.of.correlation_id ?? undefined);
  const group = ask(correlation, eventsOfCause);
  // Most of what gateways do of themselves has no request; that is no fault.
  const request = ask(
    () =>
      props.of.by?.kind === 'gateway' || props.of.by?.kind === 'client' ? correlation() : undefined,
    (id) => requestOf(id).catch(() => null),
  );
  const moments = createMemo((): readonly Moment[] => {
    const events = group.value()?.data ?? [props.of];
    const bySource = new Map(events.map((event) => [event.id, event]));
    const asked = request.value();
    const steps = events.map((event): Moment => {
      const before = bySource.get(event.causation_id ?? '');
      const isThis = event.sequence === props.of.sequence;
      return {
        id: String(event.sequence),
        tone: toneOfEvent(event),
        title: eventName(event.type, event.kind) + (isThis ? ' (this event)' : ''),
        ms: event.time === null ? null : Date.parse(event.time),
        text: [
          `${kindInWords(event.kind)} ${nameOfActor(event.kind, event.actor_id)}`,
          before ? `led to by event ${count(before.sequence)}` : '',
          gistOf(event),
        ]
          .filter((part) => part !== '')
          .join(' · '),
        more: isThis
          ? undefined
          : () => (
              <A class="small" href={props.hrefOf(event)}>
                Open event {count(event.sequence)}
              </A>
            ),
      };
    });
    return asked ? [requestMoment(asked), ...steps] : steps;
  });
  return (
    <Switch>
      <Match when={group.fault()}>{(fault) => <p class="muted">{fault()}</p>}</Match>
      <Match when={group.isWaiting() && !group.value()}>
        <p class="muted">Looking in the log…</p>
      </Match>
      <Match when={true}>
        <Timeline label="What led to it and what followed, oldest first" moments={moments()} />
        <Show when={!request.value() && !request.isWaiting()}>
          <p class="muted small">
            No request of a client led to it: {makerInWords(props.of.by?.kind).toLowerCase()}{' '}
            <code>{props.of.by?.id}</code> did.
          </p>
        </Show>
      </Match>
    </Switch>
  );
}
