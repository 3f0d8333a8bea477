/** The bar above every page: how the gateway is, and whether what is seen is true. */
import { Match, Show, Switch, type JSX } from 'solid-js';
import { Shape } from '../design/Badge.tsx';
import { Button, IconButton } from '../design/Button.tsx';
import { count, span } from '../design/format.ts';
import { tell } from '../design/Toasts.tsx';
import { tally } from '../live/selectors.ts';
import { logOut } from '../live/commands.ts';
import { tryNow } from '../live/connection.ts';
import { connection, now, setConnection, world } from '../live/store.ts';
import { switchTheme, theme } from './theme.ts';

const lost = () => {
  const at = connection();
  return at.phase === 'lost' ? at : undefined;
};

const leave = () =>
  tell(
    logOut().then(() => setConnection({ phase: 'login' })),
    'Logged out',
  );

export const Bar = (props: { onRail: () => void; onHelp: () => void }): JSX.Element => (
  <header class="bar">
    <IconButton class="burger" icon="menu" label="Open the menu" onClick={() => props.onRail()} />
    <Health />
    <span class="grow" />
    <Live />
    <IconButton
      icon={theme() === 'dark' ? 'sun' : 'moon'}
      label={theme() === 'dark' ? 'Light colours' : 'Dark colours'}
      onClick={switchTheme}
    />
    <IconButton icon="help" label="Keys and help (?)" onClick={() => props.onHelp()} />
    <Show when={world()?.sessionUntil}>
      <IconButton icon="out" label="Log out" onClick={() => void leave()} />
    </Show>
  </header>
);

const Live = (): JSX.Element => (
  <div role="status" class="row">
    <Switch fallback={<span class="live">Connecting…</span>}>
      <Match when={connection().phase === 'live'}>
        <span class="live on" title={`Following the log; cursor ${world()?.cursor ?? ''}`}>
          Live
        </span>
      </Match>
      <Match when={lost()}>
        {(at) => (
          <>
            <span class="live off">Lost for {span(now() - at().sinceMs)}</span>
            <Button slim onClick={tryNow}>
              Try now
            </Button>
          </>
        )}
      </Match>
    </Switch>
  </div>
);

const Health = (): JSX.Element => {
  const pulse = () => world()?.pulse;
  const isLogThere = () => pulse()?.log_connected ?? true;
  const keys = () => tally('provider-key');
  const failing = () => (pulse()?.failing ?? []).filter((text) => !text.startsWith('log'));
  return (
    <div class="health">
      <Show when={pulse()}>
        <span class={isLogThere() ? 'tone-good' : 'tone-bad'}>
          <Shape tone={isLogThere() ? 'good' : 'bad'} />
          {isLogThere() ? 'Log connected' : 'Log away'}
        </span>
        <span class="wide">
          Keys: {count(keys()['healthy'] ?? 0)} healthy
          {` · ${count(keys()['resting'] ?? 0)} resting`}
          {` · ${count(keys()['disabled'] ?? 0)} disabled`}
        </span>
        <Show when={failing().length > 0}>
          <span class="tone-bad truncate" title={failing().join('; ')}>
            <Shape tone="bad" />
            {failing()[0]}
          </span>
        </Show>
      </Show>
    </div>
  );
};
