/** Opens a session with the password. */
import { useLocation, useNavigate } from '@solidjs/router';
import { createSignal, onMount, Show, type JSX } from 'solid-js';
import { Button } from '../design/Button.tsx';
import { TextField } from '../design/Field.tsx';
import { logIn } from '../live/commands.ts';
import { connect } from '../live/connection.ts';
import { setConnection } from '../live/store.ts';
import { Lamps } from './Brand.tsx';

export function Login(): JSX.Element {
  const [password, setPassword] = createSignal('');
  const [fault, setFault] = createSignal<string>();
  const [isBusy, setBusy] = createSignal(false);
  const location = useLocation();
  const navigate = useNavigate();
  onMount(() => {
    document.title = 'Log in · Signalbox';
  });
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    try {
      await logIn(password());
      setConnection({ phase: 'loading' });
      if (location.pathname.endsWith('/login')) navigate('/', { replace: true });
      connect();
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <main class="login">
      <form class="card" onSubmit={(event) => void submit(event)}>
        <h1 class="brand">
          <Lamps />
          Signalbox
        </h1>
        <p class="muted">Log in to watch and change what this gateway does.</p>
        <input type="text" name="username" value="admin" autocomplete="username" hidden />
        <TextField
          label="Password"
          type="password"
          name="password"
          autocomplete="current-password"
          autofocus
          required
          value={password()}
          fault={fault()}
          onInput={setPassword}
        />
        <Button type="submit" look="primary" disabled={isBusy() || password() === ''}>
          {isBusy() ? 'Checking…' : 'Log in'}
        </Button>
        <Show when={!fault()}>
          <p class="small muted">It is what MIDDLEWARE_PASSWORD was set to at the start.</p>
        </Show>
      </form>
    </main>
  );
}
