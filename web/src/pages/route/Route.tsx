/** One model route: who answers for it now, and how it came to this. */
import { A, useNavigate, useParams } from '@solidjs/router';
import { createMemo, createSignal, For, Match, Show, Switch, type JSX } from 'solid-js';
import { Button } from '../../design/Button.tsx';
import { CopyFact } from '../../design/CopyFact.tsx';
import { count, money } from '../../design/format.ts';
import { Menu } from '../../design/Menu.tsx';
import { Card, Page as Frame } from '../../design/Page.tsx';
import { Ago } from '../../design/Time.tsx';
import type { Step } from '../../live/history.ts';
import { ActorSteps } from '../actor/ActorHistory.tsx';
import { Missing } from '../actor/Missing.tsx';
import { NewestRequests } from '../actor/NewestRequests.tsx';
import { dialectNames } from '../providers/columns.tsx';
import { limitNames } from '../routes/drafts.ts';
import { RouteForm } from '../routes/RouteForm.tsx';
import { RemoveRoute, tryAddress } from '../routes/RouteMenu.tsx';
import { routeRows, type Row } from '../routes/routeRows.ts';
import { RouteState } from '../routes/RouteState.tsx';
import { Targets } from './Targets.tsx';

function textOf({ event }: Step): string | undefined {
  const targets = event.data?.['targets'];
  if (!Array.isArray(targets)) return undefined;
  const names = (targets as readonly Readonly<{ provider: string; model: string }>[]).map(
    ({ provider, model }) => `${provider}/${model}`,
  );
  return `${String(event.data?.['strategy'])}: ${names.join(', ')}`;
}

const Facts = (props: { of: Row }): JSX.Element => {
  const context = () => props.of.route.context;
  const settings = () => context().settings;
  const priced = (name: string) => settings().price?.[name];
  const limits = () =>
    limitNames.flatMap(({ name, text }) => {
      const value = settings().limits?.[name];
      return value === undefined ? [] : [{ text, value }];
    });
  return (
    <Card title="What it says">
      <dl class="facts">
        <CopyFact name="Model name" text={context().name} what="the model name" />
        <dt>Dialects</dt>
        <dd>
          {props.of.dialects.map((one) => dialectNames[one] ?? one).join(', ') ||
            'no dialect that all targets speak'}
        </dd>
        <dt>Strategy</dt>
        <dd>{settings().strategy}</dd>
        <dt>Streams that break</dt>
        <dd>{settings().resume ? 'go on with another target' : 'are told to the client'}</dd>
        <dt>Context</dt>
        <dd>
          <Show when={settings().context_length} fallback={<span class="muted">not told</span>}>
            {(tokens) => <>{count(tokens())} tokens</>}
          </Show>
        </dd>
        <dt>Price</dt>
        <dd>
          <Show when={settings().price} fallback={<span class="muted">the public one</span>}>
            {money(priced('input_micro_usd') ?? 0)} in, {money(priced('output_micro_usd') ?? 0)} out
            <div class="muted small">per million tokens</div>
          </Show>
        </dd>
        <dt>Bodies kept</dt>
        <dd>{settings().record_bodies ? 'yes, encrypted' : 'as the setting says'}</dd>
        <For each={limits()}>
          {({ text, value }) => (
            <>
              <dt>{text}</dt>
              <dd>{count(value)}</dd>
            </>
          )}
        </For>
        <dt>Defined</dt>
        <dd>
          <Ago ms={context().created_at_ms} />
        </dd>
      </dl>
    </Card>
  );
};

const Actions = (props: { of: Row }): JSX.Element => {
  const navigate = useNavigate();
  const [asked, setAsked] = createSignal<'change' | 'remove'>();
  const close = () => setAsked(undefined);
  return (
    <>
      <A class="button" href={tryAddress(props.of)}>
        Try it
      </A>
      <Button icon="edit" onClick={() => setAsked('change')}>
        Edit
      </Button>
      <Menu
        label={`What else to do with ${props.of.route.context.name}`}
        actions={[{ text: 'Remove…', danger: true, run: () => setAsked('remove') }]}
      />
      <Switch>
        <Match when={asked() === 'change'}>
          <RouteForm of={props.of.route} onClose={close} />
        </Match>
        <Match when={asked() === 'remove'}>
          <RemoveRoute of={props.of.route} onClose={close} onDone={() => navigate('/routes')} />
        </Match>
      </Switch>
    </>
  );
};

export function Page(): JSX.Element {
  const params = useParams<{ id: string }>();
  const row = createMemo(() => routeRows().find(({ route }) => route.id === params.id));
  return (
    <Show
      when={row()}
      fallback={
        <Missing title="Model route" what="model route" href="/routes">
          It may have been removed. What happened to it is still in the log.
        </Missing>
      }
    >
      {(of) => (
        <Frame
          title={of().route.context.name}
          crumb={<A href="/routes">Model routes</A>}
          beside={<RouteState of={of()} />}
          actions={<Actions of={of()} />}
        >
          <div class="cards">
            <div class="w4 stack">
              <Facts of={of()} />
            </div>
            <div class="w8 stack">
              <Targets of={of()} />
              <NewestRequests fits={(one) => one.model_route === of().route.context.name} />
              <Card title="History">
                <ActorSteps kind="model-route" id={of().route.id} textOf={textOf} />
              </Card>
            </div>
          </div>
        </Frame>
      )}
    </Show>
  );
}
