/** Each attempt of a request: when, with which key, and the gateway's word on it. */
import { A } from '@solidjs/router';
import { For, Show, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { duration } from '../../design/format.ts';
import { Card } from '../../design/Page.tsx';
import { PlainTable } from '../../design/PlainTable.tsx';
import { Waterfall } from '../../design/Waterfall.tsx';
import type { Request } from '../../live/world.ts';
import { attemptInWords, nameOfKey, toneOfAttempt, whyInWords } from '../../words/requests.ts';

const verdicts: Readonly<Record<string, string>> = {
  ok: 'answered',
  rate_limit: 'the key rests',
  rate_limit_soft: 'the key rests',
  quota: 'the key rests',
  credential: 'the key is disabled',
  model: 'the model rests',
  transient: 'tried elsewhere',
  caller: 'the request’s own fault',
  cancelled: 'the client left',
};

const Waterfalls = (props: { of: Request }): JSX.Element => (
  <Waterfall
    label="Attempts of the request over time"
    wholeMs={props.of.duration_ms}
    tries={props.of.attempts.map((one, index) => ({
      name: `${index + 1}. ${one.provider}${one.key_id === null ? '' : ` · ${nameOfKey(one.key_id)}`}`,
      startMs: one.started_ms,
      durationMs: one.duration_ms,
      tone: toneOfAttempt(one),
      text: attemptInWords(one),
    }))}
  />
);

export const Attempts = (props: { of: Request }): JSX.Element => (
  <Card title="Attempt by attempt" bare>
    <Show
      when={props.of.attempts.length > 0}
      fallback={
        <p class="body muted">
          No provider was asked: the gateway answered by itself, with HTTP {props.of.status}.
        </p>
      }
    >
      <div class="body">
        <Waterfalls of={props.of} />
      </div>
      <PlainTable
        heads={[
          { right: '#' },
          'Provider and key',
          'Verdict',
          'Why',
          { right: 'Began' },
          { right: 'Took' },
        ]}
      >
        <For each={props.of.attempts}>
          {(one, index) => (
            <tr>
              <td class="right muted">{index() + 1}</td>
              <td class="one-line">
                <div class="row">
                  <span>{one.provider}</span>
                  <Show when={one.key_id}>
                    {(id) => <A href={`/keys/${id()}`}>{nameOfKey(id())}</A>}
                  </Show>
                </div>
                <div class="muted small">{one.model}</div>
              </td>
              <td>
                <Badge status={one.verdict} tone={toneOfAttempt(one)}>
                  {one.status === null ? 'no answer' : `HTTP ${one.status}`}
                </Badge>
                <div class="muted small verdict">
                  {verdicts[one.verdict] ?? one.verdict.replaceAll('_', ' ')}
                </div>
              </td>
              <td class="wraps">
                {whyInWords(one)}
                <Show when={one.error}>
                  {(error) => <div class="muted small">“{error()}”</div>}
                </Show>
                <Show when={one.verdict !== 'ok'}>
                  <div class="mono small faint">{one.rule_id}</div>
                </Show>
              </td>
              <td class="right num one-line">{duration(one.started_ms)}</td>
              <td class="right num one-line">{duration(one.duration_ms)}</td>
            </tr>
          )}
        </For>
      </PlainTable>
    </Show>
  </Card>
);
