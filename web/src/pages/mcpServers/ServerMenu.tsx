/** What can be done with one MCP server, in a row or on its page. */
import { createSignal, Match, Show, Switch, type Accessor, type JSX } from 'solid-js';
import { Confirm } from '../../design/Confirm.tsx';
import { Menu, type Action } from '../../design/Menu.tsx';
import { tell } from '../../design/Toasts.tsx';
import { mcpServers } from '../../live/mcpCommands.ts';
import type { McpServer } from '../../live/mcpStand.ts';
import { EditServer } from './ServerForm.tsx';

export const connect = (id: string) =>
  tell(mcpServers.connect(id), 'It is dialled by every gateway now');

export type ServerAsk = 'edit' | 'disconnect' | 'remove';
type Asks = { of: McpServer; onClose: () => void };

const nameOf = ({ id, context }: McpServer) => context.name || id;

const Disconnect = (props: Asks): JSX.Element => (
  <Confirm
    title={`Disconnect ${nameOf(props.of)}?`}
    submit="Disconnect"
    work={() => mcpServers.disconnect(props.of.id)}
    done="It is switched off"
    onClose={props.onClose}
  >
    <p class="muted">
      Its connections end, and clients no longer see its{' '}
      {props.of.context.lists['tools']?.length ?? 0} tools until somebody connects it again.
    </p>
  </Confirm>
);

const Remove = (props: Asks & { onDone?: (() => void) | undefined }): JSX.Element => (
  <Confirm
    title={`Remove ${nameOf(props.of)}?`}
    submit="Remove"
    work={() => mcpServers.remove(props.of.id)}
    done="The server was removed"
    onClose={props.onClose}
    onDone={props.onDone}
  >
    <p class="muted">
      Clients lose its tools, and its secrets are erased from the vault. Its history stays in the
      log.
    </p>
  </Confirm>
);

/** The dialog that was asked for. */
export const ServerDialog = (
  props: Asks & { asked: ServerAsk | undefined; onRemoved?: (() => void) | undefined },
): JSX.Element => (
  <Switch>
    <Match when={props.asked === 'edit'}>
      <EditServer id={props.of.id} onClose={props.onClose} />
    </Match>
    <Match when={props.asked === 'disconnect'}>
      <Disconnect of={props.of} onClose={props.onClose} />
    </Match>
    <Match when={props.asked === 'remove'}>
      <Remove of={props.of} onClose={props.onClose} onDone={props.onRemoved} />
    </Match>
  </Switch>
);

export function ServerMenu(props: {
  of: Accessor<McpServer>;
  onRemoved?: () => void;
}): JSX.Element {
  const [asked, setAsked] = createSignal<ServerAsk>();
  const isOn = () => props.of().status === 'enabled';
  const isOurs = () => props.of().context.source === 'api';
  const actions = (): readonly Action[] => [
    ...(props.of().status === 'left'
      ? []
      : [{ text: isOn() ? 'Connect anew' : 'Connect', run: () => void connect(props.of().id) }]),
    ...(isOn() ? [{ text: 'Disconnect…', run: () => setAsked('disconnect') }] : []),
    ...(isOurs() ? [{ text: 'Edit…', run: () => setAsked('edit') }] : []),
    { text: 'Remove…', danger: true, run: () => setAsked('remove') },
  ];
  return (
    <>
      <Menu label={`What to do with ${nameOf(props.of())}`} actions={actions()} />
      <Show when={asked()}>
        <ServerDialog
          of={props.of()}
          asked={asked()}
          onClose={() => setAsked(undefined)}
          onRemoved={props.onRemoved}
        />
      </Show>
    </>
  );
}
