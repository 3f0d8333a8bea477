/** What can be done with one model route, in a row or on its page. */
import { useNavigate } from '@solidjs/router';
import { createSignal, Match, Switch, type Accessor, type JSX } from 'solid-js';
import { Confirm } from '../../design/Confirm.tsx';
import { Menu, type Action } from '../../design/Menu.tsx';
import { modelRoutes } from '../../live/providerCommands.ts';
import { RouteForm } from './RouteForm.tsx';
import type { Route, Row } from './routeRows.ts';

type Asks = { of: Route; onClose: () => void; onDone?: (() => void) | undefined };

export const RemoveRoute = (props: Asks): JSX.Element => (
  <Confirm
    title={`Remove ${props.of.context.name}?`}
    submit="Remove"
    work={() => modelRoutes.remove(props.of.id)}
    done="The model route was removed"
    onClose={props.onClose}
    onDone={props.onDone}
  >
    <p class="muted">
      Whoever asks for <code>{props.of.context.name}</code> is told that there is no such model. Its
      targets stay as they are.
    </p>
  </Confirm>
);

export const tryAddress = (row: Row): string =>
  `/playground?model=${encodeURIComponent(row.route.context.name)}&dialect=${row.dialects[0] ?? 'openai'}`;

export function RouteMenu(props: { of: Accessor<Row> }): JSX.Element {
  const navigate = useNavigate();
  const [asked, setAsked] = createSignal<'change' | 'remove'>();
  const actions: readonly Action[] = [
    { text: 'Edit…', run: () => setAsked('change') },
    { text: 'Try it', run: () => navigate(tryAddress(props.of())) },
    { text: 'Remove…', danger: true, run: () => setAsked('remove') },
  ];
  const close = () => setAsked(undefined);
  return (
    <>
      <Menu label={`What to do with ${props.of().route.context.name}`} actions={actions} />
      <Switch>
        <Match when={asked() === 'change'}>
          <RouteForm of={props.of().route} onClose={close} />
        </Match>
        <Match when={asked() === 'remove'}>
          <RemoveRoute of={props.of().route} onClose={close} />
        </Match>
      </Switch>
    </>
  );
}
