/** What wants a look, and what happened last. */
import { A } from '@solidjs/router';
import { createMemo, For, Show, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { Empty } from '../../design/Empty.tsx';
import { eventName } from '../../design/format.ts';
import { Card } from '../../design/Page.tsx';
import { PlainTable } from '../../design/PlainTable.tsx';
import { Ago, Countdown } from '../../design/Time.tsx';
import { actorsOf } from '../../live/selectors.ts';
import { world } from '../../live/store.ts';
import { urgency, whyOf } from '../keys/keyRows.ts';

const shownAtMost = 8;

type Trouble = Readonly<{
  id: string;
  href: string;
  name: string;
  status: string;
  why: string;
  untilMs: number | null;
}>;

const troubles = (): Trouble[] => [
  ...actorsOf('breaker')
    .filter(({ status }) => status !== 'closed')
    .map(({ id, status, context }) => ({
      id: `breaker ${id}`,
      href: '/keys?provider=' + id,
      name: `Provider ${id}`,
      status,
      why: context.opening?.reason ?? '',
      untilMs: status === 'open' ? (context.opening?.until_ms ?? null) : null,
    })),
  ...actorsOf('mcp-connection')
    .filter(({ status }) => ['backoff', 'failed', 'needsAuth'].includes(status))
    .map(({ id, status, context }) => ({
      id: `connection ${id}`,
      href: `/mcp/servers/${context.server}`,
      name: `MCP server ${context.server}`,
      status,
      why: context.reason ?? '',
      untilMs: context.retry_at_ms,
    })),
  ...actorsOf('provider-key')
    .filter(({ status }) => status !== 'healthy')
    .toSorted((a, b) => (urgency(a) < urgency(b) ? -1 : 1))
    .slice(0, shownAtMost)
    .map((key) => ({
      id: `key ${key.id}`,
      href: `/keys/${key.id}`,
      name: key.context.name || key.id,
      status: key.status,
      why: whyOf(key) ?? '',
      untilMs: key.context.rest?.until_ms ?? null,
    })),
];

export function Attention(): JSX.Element {
  const all = createMemo(
    () =>
      new Map(
        troubles()
          .slice(0, shownAtMost)
          .map((one) => [one.id, one]),
      ),
  );
  return (
    <Card title="Wants a look" bare>
      <Show
        when={all().size > 0}
        fallback={
          <Empty title="All is well">
            Every provider, its keys and every connection is as it should be.
          </Empty>
        }
      >
        <PlainTable heads={['What', 'State', 'Why', { right: 'Back' }]}>
          <For each={[...all().keys()]}>
            {(id) => (
              <Show when={all().get(id)}>
                {(one) => (
                  <tr>
                    <td>
                      <A href={one().href}>{one().name}</A>
                    </td>
                    <td>
                      <Badge status={one().status} />
                    </td>
                    <td class="muted">{one().why}</td>
                    <td class="right muted">
                      <Show when={one().untilMs} fallback="–">
                        {(ms) => <Countdown ms={ms()} />}
                      </Show>
                    </td>
                  </tr>
                )}
              </Show>
            )}
          </For>
        </PlainTable>
      </Show>
    </Card>
  );
}

const pageOf: Readonly<Record<string, string>> = { 'provider-key': '/keys/' };

export const Newest = (): JSX.Element => (
  <Card title="What happened last" bare>
    <Show
      when={(world()?.transitions.length ?? 0) > 0}
      fallback={<Empty title="Quiet">No actor has changed since this page was opened.</Empty>}
    >
      <PlainTable heads={['Event', 'Actor', { right: 'When' }]}>
        <For each={world()?.transitions.slice(0, shownAtMost)}>
          {(event) => (
            <tr>
              <td>{eventName(event.type, event.kind)}</td>
              <td class="muted">
                {event.kind}{' '}
                <Show when={pageOf[event.kind]} fallback={event.actor_id}>
                  {(page) => <A href={page() + event.actor_id}>{event.actor_id}</A>}
                </Show>
              </td>
              <td class="right muted">
                <Show when={event.time}>{(time) => <Ago ms={Date.parse(time())} />}</Show>
              </td>
            </tr>
          )}
        </For>
      </PlainTable>
    </Show>
  </Card>
);
