/** What came of a request: its answer, and each part of the raw exchange. */
import { Match, Show, Switch, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { Copy } from '../../design/Button.tsx';
import { Segments } from '../../design/Field.tsx';
import { bytes, count, duration } from '../../design/format.ts';
import { Card } from '../../design/Page.tsx';
import type { Exchange } from '../../live/exchange.ts';
import { Attempts } from './Attempts.tsx';
import { Chunks } from './Chunks.tsx';
import { answerText, streamFault, type formOf } from './dialects.ts';

type Next = Readonly<{ path: string; body: string; curl: string }>;
type ShownProps = {
  exchange: Exchange | undefined;
  form: ReturnType<typeof formOf>;
  tab: string;
  onTab: (tab: string) => void;
  next: Next;
};

const tabs = [
  { value: 'answer', text: 'Answer' },
  { value: 'request', text: 'Request' },
  { value: 'response', text: 'Response' },
  { value: 'timing', text: 'Bytes and timing' },
  { value: 'attempts', text: 'Attempts' },
];

const Fact = (props: { name: string; value: string }): JSX.Element => (
  <div>
    <dt>{props.name}</dt>
    <dd>{props.value}</dd>
  </div>
);

const Facts = (props: { of: Exchange }): JSX.Element => {
  const status = () => props.of.status;
  const isGood = () => (status() ?? 0) >= 200 && (status() ?? 0) < 300 && !props.of.fault;
  const ms = (value: number | null | undefined) =>
    value === null || value === undefined ? '…' : duration(value);
  return (
    <dl class="exchange-facts" aria-label="The exchange in numbers">
      <div>
        <dt>Status</dt>
        <dd>
          <Show when={status() !== null} fallback={props.of.endMs === null ? 'waiting…' : 'none'}>
            <Badge status="status" tone={isGood() ? 'good' : 'bad'}>
              {status()}
            </Badge>
          </Show>
        </dd>
      </div>
      <Fact name="Headers" value={ms(props.of.headersMs)} />
      <Fact name="First byte" value={ms(props.of.chunks[0]?.atMs)} />
      <Fact name="Whole" value={ms(props.of.endMs)} />
      <Fact name="Body" value={bytes(props.of.bytes)} />
      <Fact name="Chunks" value={count(props.of.chunks.length)} />
    </dl>
  );
};

const Raw = (props: { label: string; text: string }): JSX.Element => (
  <pre class="json" tabIndex={0} role="region" aria-label={props.label}>
    {props.text}
  </pre>
);

const RequestTab = (props: { of: Exchange | undefined; next: Next }): JSX.Element => {
  const path = () => props.of?.sent.path ?? props.next.path;
  const body = () => props.of?.sent.body ?? props.next.body;
  const head = () =>
    [
      `POST ${path()}`,
      'content-type: application/json',
      ...(props.of && props.of.sent.clientKey !== '' ? ['authorization: Bearer ••••••••'] : []),
    ].join('\n');
  return (
    <div class="stack">
      <div class="row spread">
        <span class="muted">{props.of ? 'As it was sent' : 'As it will be sent'}</span>
        <span class="row muted small">
          as curl <Copy text={props.next.curl} what="the request as curl" />
        </span>
      </div>
      <Raw label="The request's head" text={head()} />
      <Raw label="The request's body" text={body()} />
    </div>
  );
};

const ResponseTab = (props: { of: Exchange }): JSX.Element => (
  <div class="stack">
    <Raw
      label="The response's head"
      text={[
        `HTTP ${props.of.status ?? 'without an answer'}`,
        ...props.of.headers.map(([name, value]) => `${name}: ${value}`),
      ].join('\n')}
    />
    <div class="row spread">
      <span class="muted">Body, byte for byte as text</span>
      <Copy text={props.of.text} what="the response's body" />
    </div>
    <Raw label="The response's body" text={props.of.text} />
  </div>
);

const AnswerTab = (props: { of: Exchange; form: ShownProps['form'] }): JSX.Element => {
  const text = () => answerText(props.form, props.of.text);
  const isBad = () => (props.of.status ?? 200) >= 400;
  return (
    <Switch
      fallback={
        <p class="muted">
          {props.of.endMs === null ? 'Waiting for the first word…' : 'The answer has no text.'}
        </p>
      }
    >
      <Match when={isBad()}>
        <div class="stack">
          <div class="notice bad" role="alert">
            {props.of.status === 401
              ? 'The gateway wants a client key: write one into the field, or log in.'
              : `Refused with HTTP ${props.of.status}. Its own words are below.`}
          </div>
          <Raw label="What the gateway answered" text={props.of.text} />
        </div>
      </Match>
      <Match when={text() !== ''}>
        <div class="stack">
          <div class="answer" role="log" aria-label="The answer">
            {text()}
          </div>
          <Show when={props.of.endMs !== null && streamFault(props.of.text)}>
            {(fault) => (
              <div class="notice bad" role="alert">
                {fault()}
              </div>
            )}
          </Show>
        </div>
      </Match>
    </Switch>
  );
};

const Nothing = (): JSX.Element => (
  <p class="muted">Nothing was sent yet. Choose a model, write a message and send it.</p>
);

export const Shown = (props: ShownProps): JSX.Element => (
  <Card class="w8 calm" title="Exchange">
    <div class="stack">
      <Show when={props.exchange}>{(of) => <Facts of={of()} />}</Show>
      <div class="scroll-x">
        <Segments
          label="Part of the exchange"
          value={props.tab}
          options={tabs}
          onInput={props.onTab}
        />
      </div>
      <Show when={props.exchange?.fault}>
        {(fault) => (
          <div class="notice rest" role="alert">
            {fault()}
          </div>
        )}
      </Show>
      <Show
        when={props.tab !== 'request'}
        fallback={<RequestTab of={props.exchange} next={props.next} />}
      >
        <Show when={props.exchange} fallback={<Nothing />}>
          {(of) => (
            <Switch fallback={<AnswerTab of={of()} form={props.form} />}>
              <Match when={props.tab === 'response'}>
                <ResponseTab of={of()} />
              </Match>
              <Match when={props.tab === 'timing'}>
                <Chunks of={of()} />
              </Match>
              <Match when={props.tab === 'attempts'}>
                <Attempts of={of()} />
              </Match>
            </Switch>
          )}
        </Show>
      </Show>
    </div>
  </Card>
);
