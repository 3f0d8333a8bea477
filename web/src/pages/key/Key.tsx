/** One provider key: what it is, its machine, and how it came to this. */
import { A, useNavigate, useParams } from '@solidjs/router';
import { Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { CopyFact } from '../../design/CopyFact.tsx';
import { count } from '../../design/format.ts';
import { Card, Page as Frame } from '../../design/Page.tsx';
import { dayLabel, SparkBars } from '../../design/Spark.tsx';
import { Ago } from '../../design/Time.tsx';
import { actorOf, keyDayOf } from '../../live/selectors.ts';
import { Missing } from '../actor/Missing.tsx';
import { KeyState } from '../keys/columns.tsx';
import { enable, KeyMenu, tryKey, wake } from '../keys/KeyMenu.tsx';
import { reasonOf, whyOf, type Key } from '../keys/keyRows.ts';
import { History } from './History.tsx';

const Actions = (props: { of: Key }): JSX.Element => {
  const navigate = useNavigate();
  return (
    <>
      <Show when={props.of.status === 'resting'}>
        <Button icon="wake" onClick={() => void wake(props.of.id)}>
          Wake
        </Button>
      </Show>
      <Show when={props.of.status === 'disabled'}>
        <Button icon="check" onClick={() => void enable(props.of.id)}>
          Enable
        </Button>
      </Show>
      <Button icon="probe" onClick={() => void tryKey(props.of.id)}>
        Probe
      </Button>
      <KeyMenu of={() => props.of} onRemoved={() => navigate('/keys')} />
    </>
  );
};

const Facts = (props: { of: Key }): JSX.Element => {
  const context = () => props.of.context;
  const day = () => keyDayOf(props.of.id);
  return (
    <Card title="Now">
      <dl class="facts">
        <Show when={whyOf(props.of)}>
          {(why) => (
            <>
              <dt>Why</dt>
              <dd>
                {why()}
                <Show when={reasonOf(props.of) !== '' && reasonOf(props.of) !== why()}>
                  <div class="muted small">“{reasonOf(props.of)}”</div>
                </Show>
                <Show when={context().rest?.rule_id ?? context().disabled?.rule_id}>
                  {(rule) => <div class="mono small faint">{rule()}</div>}
                </Show>
              </dd>
            </>
          )}
        </Show>
        <dt>Provider</dt>
        <dd>
          <A href={`/keys?provider=${context().provider}`}>{context().provider}</A>
        </dd>
        <dt>Secret</dt>
        <dd class="mono">{context().masked}</dd>
        <dt>Sent to</dt>
        <dd class="mono">{context().origin}</dd>
        <dt>Weight</dt>
        <dd>{context().weight}</dd>
        <dt>Source</dt>
        <dd>{context().source}</dd>
        <dt>Added</dt>
        <dd>
          <Ago ms={context().created_at_ms} />
        </dd>
        <CopyFact name="Id" text={props.of.id} what="the key's id" />
        <dt>Today</dt>
        <dd>
          {count(day()?.requests ?? 0)} requests, {count(day()?.failures ?? 0)} failed
          <Show when={day()}>
            {(of) => (
              <SparkBars
                values={of().hours}
                bad={of().failedHours}
                width={200}
                height={28}
                label={dayLabel(of().requests, of().failures)}
              />
            )}
          </Show>
        </dd>
      </dl>
    </Card>
  );
};

export function Page(): JSX.Element {
  const params = useParams<{ id: string }>();
  const key = () => actorOf('provider-key', params.id);
  return (
    <Show
      when={key()}
      fallback={
        <Missing title="Provider key" what="key" href="/keys">
          It may have been removed. What happened to it is still in the log.
        </Missing>
      }
    >
      {(one) => (
        <Frame
          title={one().context.name || one().id}
          crumb={<A href="/keys">Provider keys</A>}
          beside={<KeyState of={one} />}
          actions={<Actions of={one()} />}
        >
          <div class="cards">
            <div class="w4 stack">
              <Facts of={one()} />
            </div>
            <History of={one()} />
          </div>
        </Frame>
      )}
    </Show>
  );
}
