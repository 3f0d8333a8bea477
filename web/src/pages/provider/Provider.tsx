/** One provider: how it stands, its breaker, its keys, and how it came to this. */
import { A, useNavigate, useParams } from '@solidjs/router';
import { createMemo, createSignal, For, Show, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { Button } from '../../design/Button.tsx';
import { CopyFact } from '../../design/CopyFact.tsx';
import { count, plural } from '../../design/format.ts';
import { Card, Page as Frame } from '../../design/Page.tsx';
import { Ago, Countdown } from '../../design/Time.tsx';
import type { Step } from '../../live/history.ts';
import { actorsOf } from '../../live/selectors.ts';
import { dialectsOf } from '../../live/stands.ts';
import { ruleInWords } from '../../words/rules.ts';
import { ActorHistory } from '../actor/ActorHistory.tsx';
import { Missing } from '../actor/Missing.tsx';
import { inOneLine, quoted, textIn } from '../actor/stepText.ts';
import { dialectNames } from '../providers/columns.tsx';
import { ProviderForm } from '../providers/ProviderForm.tsx';
import { isBroken, ProviderMenu, resetBreaker, wake } from '../providers/ProviderMenu.tsx';
import { providerRows, type Row } from '../providers/providerRows.ts';
import { Stand } from '../providers/Stand.tsx';

function textOf(step: Step): string | undefined {
  const [rule, cause] = [textIn(step, 'rule_id'), textIn(step, 'cause')];
  return inOneLine([
    rule === undefined ? undefined : ruleInWords(rule),
    quoted(textIn(step, 'reason')),
    cause === undefined ? undefined : `by ${cause.replaceAll('_', ' ')}`,
    textIn(step, 'base_url'),
  ]);
}

const Breaker = (props: { of: Row }): JSX.Element => {
  const breaker = () => props.of.breaker;
  const opening = () => breaker()?.context.opening;
  return (
    <Card title="Breaker" beside={<Badge status={breaker()?.status ?? 'closed'} />}>
      <dl class="facts">
        <dt>Means</dt>
        <dd>
          <Show
            when={isBroken(props.of)}
            fallback={breaker() ? 'Requests go through as usual.' : 'It has never opened.'}
          >
            Requests are served by others until a probe succeeds.
          </Show>
        </dd>
        <Show when={opening()}>
          {(of) => (
            <>
              <dt>{isBroken(props.of) ? 'Opened' : 'Last opened'}</dt>
              <dd>
                <Ago ms={of().opened_at_ms} />
                {of().openings > 1 ? `, ${of().openings} times in a row` : ''}
              </dd>
              <dt>Why</dt>
              <dd>
                {ruleInWords(of().rule_id)}
                <div class="muted small">“{of().reason}”</div>
              </dd>
              <Show when={breaker()?.status === 'open'}>
                <dt>Probed</dt>
                <dd>
                  <Countdown ms={of().until_ms} />
                </dd>
              </Show>
            </>
          )}
        </Show>
      </dl>
    </Card>
  );
};

const Facts = (props: { of: Row }): JSX.Element => {
  const context = () => props.of.provider.context;
  const id = () => props.of.provider.id;
  const routes = createMemo(() =>
    actorsOf('model-route').filter((route) =>
      route.context.settings.targets.some(({ provider }) => provider === id()),
    ),
  );
  return (
    <Card title="Now">
      <dl class="facts">
        <Show when={props.of.stand.why}>
          {(why) => (
            <>
              <dt>Why</dt>
              <dd>{why()}</dd>
            </>
          )}
        </Show>
        <dt>Base URL</dt>
        <dd class="mono">{context().base_url}</dd>
        <dt>Dialects</dt>
        <dd>
          {dialectsOf(props.of.provider)
            .map((one) => dialectNames[one] ?? one)
            .join(', ')}
        </dd>
        <dt>Key sent as</dt>
        <dd class="mono">{context().auth}</dd>
        <dt>Keys</dt>
        <dd>
          <A href={`/keys?provider=${encodeURIComponent(id())}`}>
            {plural(props.of.keys.total, 'key')}
          </A>
          <Show when={props.of.keys.total > 0}>
            <div class="muted small">
              {count(props.of.keys.healthy)} healthy, {count(props.of.keys.resting)} resting,{' '}
              {count(props.of.keys.disabled)} disabled
            </div>
          </Show>
        </dd>
        <dt>Routes to it</dt>
        <dd>
          <Show when={routes().length > 0} fallback={<span class="muted">none</span>}>
            <span class="row wrap">
              <For each={routes()}>
                {(route) => <A href={`/routes/${route.id}`}>{route.context.name}</A>}
              </For>
            </span>
          </Show>
        </dd>
        <dt>Source</dt>
        <dd>{context().source}</dd>
        <dt>Added</dt>
        <dd>
          <Ago ms={context().created_at_ms} />
        </dd>
        <CopyFact name="Id" text={id()} what="the provider's id" />
      </dl>
    </Card>
  );
};

const Actions = (props: { of: Row }): JSX.Element => {
  const navigate = useNavigate();
  const [isEditing, setEditing] = createSignal(false);
  const id = () => props.of.provider.id;
  return (
    <>
      <Show when={props.of.provider.status === 'resting'}>
        <Button icon="wake" onClick={() => void wake(id())}>
          Wake
        </Button>
      </Show>
      <Show when={isBroken(props.of)}>
        <Button icon="check" onClick={() => void resetBreaker(id())}>
          Reset the breaker
        </Button>
      </Show>
      <Button icon="edit" onClick={() => setEditing(true)}>
        Edit
      </Button>
      <Show when={isEditing()}>
        <ProviderForm of={props.of.provider} onClose={() => setEditing(false)} />
      </Show>
      <ProviderMenu of={() => props.of} onRemoved={() => navigate('/providers')} />
    </>
  );
};

export function Page(): JSX.Element {
  const params = useParams<{ id: string }>();
  const row = createMemo(() => providerRows().find(({ provider }) => provider.id === params.id));
  return (
    <Show
      when={row()}
      fallback={
        <Missing title="Provider" what="provider" href="/providers">
          It may have been removed. What happened to it is still in the log.
        </Missing>
      }
    >
      {(of) => (
        <Frame
          title={of().provider.context.name}
          crumb={<A href="/providers">Providers</A>}
          beside={<Stand of={of().stand} />}
          actions={<Actions of={of()} />}
        >
          <div class="cards">
            <div class="w4 stack">
              <Facts of={of()} />
              <Breaker of={of()} />
            </div>
            <div class="w8 stack">
              <ActorHistory
                kind="provider"
                id={of().provider.id}
                status={of().provider.status}
                textOf={textOf}
              />
              <Show when={of().breaker}>
                {(breaker) => (
                  <ActorHistory
                    kind="breaker"
                    title="breaker"
                    id={breaker().id}
                    status={breaker().status}
                    textOf={textOf}
                  />
                )}
              </Show>
            </div>
          </div>
        </Frame>
      )}
    </Show>
  );
}
