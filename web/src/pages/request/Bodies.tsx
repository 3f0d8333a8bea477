/** What the client sent and was answered, where that was recorded. Only shown when it is asked for: each look is in the audit log. */
import { createSignal, Match, Show, Switch, type JSX } from 'solid-js';
import { Button, Copy } from '../../design/Button.tsx';
import { bytes } from '../../design/format.ts';
import { Card } from '../../design/Page.tsx';
import { ask } from '../../live/ask.ts';
import { bodiesOf, type Body } from '../../live/historyCommands.ts';

const shownAtMost = 200_000;

/** JSON is laid out; all else is shown as it came. */
function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

const Recorded = (props: { title: string; body: Body | null }): JSX.Element => {
  const text = () => {
    const body = props.body;
    return body?.text ? readable(body.text) : (body?.base64 ?? '');
  };
  return (
    <section class="stack" aria-label={props.title}>
      <div class="row spread">
        <h3>{props.title}</h3>
        <Show when={props.body}>
          {(body) => (
            <span class="row muted small">
              {body().content_type ?? 'no content type'} · {bytes(body().bytes)}
              {body().truncated && ' · only its beginning was kept'}
              <Copy text={text()} what={`the ${props.title.toLowerCase()}`} />
            </span>
          )}
        </Show>
      </div>
      <Show when={props.body} fallback={<p class="muted">It was not recorded.</p>}>
        <Show when={text() !== ''} fallback={<p class="muted">It was empty.</p>}>
          <pre class="json body-text" tabIndex={0} role="region" aria-label={props.title}>
            {text().slice(0, shownAtMost)}
          </pre>
        </Show>
      </Show>
    </section>
  );
};

export function RecordedBodies(props: { id: string }): JSX.Element {
  const [isWanted, setWanted] = createSignal(false);
  const asked = ask(() => (isWanted() ? props.id : undefined), bodiesOf);
  return (
    <Card title="Recorded bodies">
      <Switch
        fallback={
          <div class="row wrap spread">
            <p class="muted">
              Bodies are recorded where a setting, the client key or the model route asks for it.
              Looking at them is noted in the audit log.
            </p>
            <Button onClick={() => setWanted(true)} disabled={asked.isWaiting()}>
              {asked.isWaiting() ? 'Opening…' : 'Show what was recorded'}
            </Button>
          </div>
        }
      >
        <Match when={asked.value()}>
          {(found) => (
            <div class="bodies">
              <Recorded title="Request" body={found().request} />
              <Recorded title="Response" body={found().response} />
            </div>
          )}
        </Match>
        <Match when={asked.fault()}>
          <p class="muted">{asked.fault()}</p>
        </Match>
      </Switch>
    </Card>
  );
}
