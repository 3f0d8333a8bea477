/** How an MCP server is reached, what it is, and when it was so. */
import { For, Show, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { Copy } from '../../design/Button.tsx';
import { count, plural } from '../../design/format.ts';
import { Card } from '../../design/Page.tsx';
import { Ago } from '../../design/Time.tsx';
import { backendsOf, connectionOf, standOf, type McpServer } from '../../live/mcpStand.ts';
import { placeOf } from '../mcpServers/serverRows.ts';

type Of = { of: McpServer };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const introduced = ({ server_info: info }: McpServer['context']): string | null => {
  if (!isObject(info) || typeof info['name'] !== 'string') return null;
  return `${info['name']}${typeof info['version'] === 'string' ? ` ${info['version']}` : ''}`;
};

const Hidden = (props: { title: string; values: McpServer['context']['settings']['env'] }) => (
  <Show when={props.values.length > 0}>
    <dt>{props.title}</dt>
    <dd class="mono">
      <For each={props.values}>
        {({ name, text }) => (
          <div>
            {name} <span class="faint">{text ?? '•••••'}</span>
          </div>
        )}
      </For>
    </dd>
  </Show>
);

const Connected = (props: Of): JSX.Element => {
  const connection = () => connectionOf(props.of.id);
  return (
    <Show when={connection()}>
      {(one) => (
        <>
          <Show when={one().context.ready_at_ms}>
            {(ms) => (
              <>
                <dt>Ready</dt>
                <dd>
                  since <Ago ms={ms()} />
                </dd>
              </>
            )}
          </Show>
          <Show when={one().context.dialled_at_ms}>
            {(ms) => (
              <>
                <dt>Dialled</dt>
                <dd>
                  <Ago ms={ms()} />, {plural(one().context.dials, 'time')} in all
                  <Show when={one().context.failures > 0}>
                    , {count(one().context.failures)} failed in a row
                  </Show>
                </dd>
              </>
            )}
          </Show>
        </>
      )}
    </Show>
  );
};

const Pool = (props: Of): JSX.Element => (
  <Show when={backendsOf(props.of.id).length > 0}>
    <dt>Backends</dt>
    <dd>
      <For each={backendsOf(props.of.id)}>
        {(one) => (
          <div class="row wrap">
            <code>{one.context.settings?.backend ?? one.id}</code>
            <Badge status={one.status} />
            <span class="muted small">{one.context.reason}</span>
          </div>
        )}
      </For>
    </dd>
  </Show>
);

export const Facts = (props: Of): JSX.Element => {
  const context = () => props.of.context;
  const settings = () => context().settings;
  const stand = () => standOf(props.of);
  return (
    <Card title="Now">
      <dl class="facts">
        <Show when={stand().why}>
          <dt>Why</dt>
          <dd>{stand().why}</dd>
        </Show>
        <dt>Reached by</dt>
        <dd>
          <span class="tag">{settings().transport}</span>{' '}
          <code class="plain">{placeOf(props.of)}</code>
        </dd>
        <Show when={settings().cwd}>
          <dt>Runs in</dt>
          <dd class="mono">{settings().cwd}</dd>
        </Show>
        <Hidden title="Headers" values={settings().headers} />
        <Hidden title="Environment" values={settings().env} />
        <Pool of={props.of} />
        <Connected of={props.of} />
        <dt>Calls itself</dt>
        <dd>{introduced(context()) ?? <span class="faint">not met yet</span>}</dd>
        <Show when={context().protocol_version}>
          <dt>Speaks</dt>
          <dd>
            MCP {context().protocol_version}{' '}
            <Show when={context().era}>
              <span class="tag">{context().era}</span>
            </Show>
          </dd>
        </Show>
        <dt>Source</dt>
        <dd>
          {context().source}
          <Show when={context().source === 'file'}>
            <div class="muted small">Its configuration is changed there.</div>
          </Show>
        </dd>
        <dt>Added</dt>
        <dd>
          <Ago ms={context().created_at_ms} />
        </dd>
        <dt>Clients</dt>
        <dd class="row">
          <code class="truncate">/mcp/{props.of.id}</code>
          <Copy text={`${location.origin}/mcp/${props.of.id}`} what="the server's address" />
        </dd>
      </dl>
    </Card>
  );
};
