/** One client key: what it may do, what it used, and what was done to it. */
import { A, useNavigate, useParams } from '@solidjs/router';
import { createSignal, For, Show, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { CopyFact } from '../../design/CopyFact.tsx';
import { count } from '../../design/format.ts';
import { Menu } from '../../design/Menu.tsx';
import { Card, Page as Frame } from '../../design/Page.tsx';
import { Ago, Countdown } from '../../design/Time.tsx';
import type { Step } from '../../live/history.ts';
import { actorOf } from '../../live/selectors.ts';
import { ActorHistory } from '../actor/ActorHistory.tsx';
import { Missing } from '../actor/Missing.tsx';
import { ClientDialogs, type Asked } from '../clients/ClientMenu.tsx';
import type { Client } from '../clients/clientRows.ts';
import { ClientState } from '../clients/ClientState.tsx';
import { Usage } from './Usage.tsx';

function textOf({ event }: Step): string | undefined {
  const data = event.data ?? {};
  const changes = data['changes'];
  if (typeof changes === 'object' && changes !== null) {
    return Object.entries(changes)
      .map(([name, value]) => `${name.replaceAll('_', ' ')}: ${JSON.stringify(value)}`)
      .join(' · ');
  }
  return typeof data['masked'] === 'string' ? data['masked'] : undefined;
}

const List = (props: {
  of: readonly string[] | null;
  every: string;
  none: string;
}): JSX.Element => (
  <Show when={props.of} fallback={<dd>{props.every}</dd>}>
    {(list) => (
      <dd class="row wrap">
        <For each={list()} fallback={props.none}>
          {(one) => <span class="tag mono">{one}</span>}
        </For>
      </dd>
    )}
  </Show>
);

const Amount = (props: { of: number | null; none: string; unit: string }): JSX.Element => (
  <Show when={props.of} fallback={<dd class="muted">{props.none}</dd>}>
    {(value) => (
      <dd>
        {count(value())} {props.unit}
      </dd>
    )}
  </Show>
);

const Facts = (props: { of: Client }): JSX.Element => {
  const context = () => props.of.context;
  return (
    <>
      <Card title="What it may do">
        <dl class="facts">
          <dt>Models</dt>
          <List of={context().models} every="every model" none="no model" />
          <dt>MCP tools</dt>
          <List of={context().allowed_tools} every="every tool" none="no tool" />
          <dt>Pace</dt>
          <Amount of={context().requests_per_minute} none="as the setting says" unit="a minute" />
          <dt>Burst</dt>
          <Amount of={context().burst} none="a whole minute's" unit="in a row" />
          <dt>At once</dt>
          <Amount of={context().max_concurrent} none="no limit" unit="under way" />
          <dt>Expires</dt>
          <dd>
            <Show when={context().expires_at_ms} fallback={<span class="muted">never</span>}>
              {(ms) => <Countdown ms={ms()} />}
            </Show>
          </dd>
          <dt>Bodies kept</dt>
          <dd>{context().record_bodies ? 'yes, encrypted' : 'as the setting says'}</dd>
        </dl>
      </Card>
      <Card title="The key">
        <dl class="facts">
          <dt>Key</dt>
          <dd class="mono">{context().masked}</dd>
          <For each={context().retiring}>
            {(older) => (
              <>
                <dt>Older</dt>
                <dd>
                  <span class="mono">{older.masked}</span>
                  <div class="muted small">
                    refused <Countdown ms={older.until_ms} />
                  </div>
                </dd>
              </>
            )}
          </For>
          <dt>Client</dt>
          <dd>{context().client_id}</dd>
          <dt>Source</dt>
          <dd>{context().source}</dd>
          <dt>Made</dt>
          <dd>
            <Ago ms={context().created_at_ms} />
          </dd>
          <Show when={context().rotated_at_ms}>
            {(ms) => (
              <>
                <dt>Rotated</dt>
                <dd>
                  <Ago ms={ms()} />
                </dd>
              </>
            )}
          </Show>
          <CopyFact name="Id" text={props.of.id} what="the client key's id" />
        </dl>
      </Card>
    </>
  );
};

const Actions = (props: { of: Client }): JSX.Element => {
  const navigate = useNavigate();
  const [asked, setAsked] = createSignal<Asked>();
  return (
    <>
      <Button icon="edit" onClick={() => setAsked('change')}>
        Edit
      </Button>
      <Button icon="wake" onClick={() => setAsked('rotate')}>
        Rotate
      </Button>
      <Menu
        label={`What else to do with ${props.of.context.name}`}
        actions={[{ text: 'Remove…', danger: true, run: () => setAsked('remove') }]}
      />
      <ClientDialogs
        of={props.of}
        asked={asked()}
        onClose={() => setAsked(undefined)}
        onRemoved={() => navigate('/clients')}
      />
    </>
  );
};

export function Page(): JSX.Element {
  const params = useParams<{ id: string }>();
  const client = () => actorOf('client-key', params.id);
  return (
    <Show
      when={client()}
      fallback={
        <Missing title="Client key" what="client key" href="/clients">
          It may have been deleted. What happened to it is still in the log.
        </Missing>
      }
    >
      {(one) => (
        <Frame
          title={one().context.name}
          crumb={<A href="/clients">Client keys</A>}
          beside={<ClientState of={one()} />}
          actions={<Actions of={one()} />}
        >
          <div class="cards">
            <div class="w4 stack">
              <Facts of={one()} />
            </div>
            <div class="w8 stack">
              <Usage client={one().context.client_id} />
              <ActorHistory kind="client-key" id={one().id} status={one().status} textOf={textOf} />
            </div>
          </div>
        </Frame>
      )}
    </Show>
  );
}
