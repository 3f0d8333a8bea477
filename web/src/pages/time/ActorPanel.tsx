/** One actor then and now, field by field, and all that it was then. */
import { A } from '@solidjs/router';
import { createMemo, For, Show, type JSX } from 'solid-js';
import { Badge } from '../../design/Badge.tsx';
import { Json } from '../../design/Json.tsx';
import { differencesOf, type Difference, type Row } from './then.ts';

const shown = (value: unknown, field: string): string => {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number' && field.endsWith('_ms') && value > 1e12) {
    return new Date(value).toISOString().replace('T', ' ').slice(0, 19);
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const fieldInWords = (field: string): string => {
  const text = field.replace(/_ms$/, '').replaceAll('_', ' ').replaceAll('.', ' › ');
  return text.slice(0, 1).toUpperCase() + text.slice(1);
};

export function ActorPanel(props: { of: Row }): JSX.Element {
  const differences = createMemo(() => differencesOf(props.of));
  return (
    <>
      <div class="row wrap">
        <Status status={props.of.past?.status} word="was not there" />
        <span class="muted">then, now</span>
        <Status status={props.of.now?.status} word="is not there" />
      </div>
      <A class="button slim panel-link" href={`/audit?kind=${props.of.kind}&actor=${props.of.id}`}>
        All that happened to it
      </A>
      <section aria-label="Differences">
        <h3>Different now</h3>
        <Show
          when={differences().length > 0}
          fallback={
            <p class="muted">
              {props.of.isChanged
                ? 'It went through events since, and is the same again.'
                : 'Nothing: it has had no event since.'}
            </p>
          }
        >
          <table class="plain-table differences">
            <thead>
              <tr>
                <th>Field</th>
                <th>Then</th>
                <th>Now</th>
              </tr>
            </thead>
            <tbody>
              <For each={differences()}>{(one) => <Line of={one} />}</For>
            </tbody>
          </table>
        </Show>
      </section>
      <Show when={props.of.past}>
        {(then) => (
          <section aria-label="As it was then">
            <h3>As it was then</h3>
            <Json value={then().context} label="The actor as it was then" />
          </section>
        )}
      </Show>
    </>
  );
}

const Status = (props: { status: string | undefined; word: string }): JSX.Element => (
  <Show when={props.status} fallback={<span class="muted">{props.word}</span>}>
    {(status) => <Badge status={status()} />}
  </Show>
);

const Line = (props: { of: Difference }): JSX.Element => (
  <tr>
    <td class="muted">{fieldInWords(props.of.field)}</td>
    <td>{shown(props.of.past, props.of.field)}</td>
    <td>
      <strong>{shown(props.of.now, props.of.field)}</strong>
    </td>
  </tr>
);
