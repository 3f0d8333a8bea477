/** What is around every page: the rail, the bar, and who may see any of it. */
import { createSignal, ErrorBoundary, Match, Show, Suspense, Switch, type JSX } from 'solid-js';
import type { Place } from '../app.tsx';
import { Button } from '../design/Button.tsx';
import { Empty } from '../design/Empty.tsx';
import { Toasts } from '../design/Toasts.tsx';
import { connect } from '../live/connection.ts';
import { connection, world } from '../live/store.ts';
import { Bar } from './Bar.tsx';
import { Help } from './Help.tsx';
import { useKeys } from './keys.ts';
import { Login } from './Login.tsx';
import { Rail } from './Rail.tsx';

const refusal = () => {
  const at = connection();
  return at.phase === 'refused' ? at.problem : undefined;
};

const toSearch = () => document.querySelector<HTMLInputElement>('[data-search]')?.focus();

export function Shell(props: { places: readonly Place[]; children?: JSX.Element }): JSX.Element {
  const [isRailOpen, setRailOpen] = createSignal(false);
  const [isHelpOpen, setHelpOpen] = createSignal(false);
  useKeys({ '/': toSearch, '?': () => setHelpOpen(true), Escape: () => setRailOpen(false) });
  return (
    <Switch>
      <Match when={connection().phase === 'login'}>
        <Login />
      </Match>
      <Match when={connection().phase !== 'login'}>
        <a class="skip button primary" href="#page">
          Skip to the page
        </a>
        <div class="shell">
          <Rail places={props.places} isOpen={isRailOpen()} onClose={() => setRailOpen(false)} />
          <div>
            <Bar onRail={() => setRailOpen(true)} onHelp={() => setHelpOpen(true)} />
            <main id="page" tabIndex={-1}>
              <Show when={world()} fallback={<Waiting />}>
                <ErrorBoundary
                  fallback={(error: unknown, again) => <Broken error={error} again={again} />}
                >
                  <Suspense>{props.children}</Suspense>
                </ErrorBoundary>
              </Show>
            </main>
          </div>
        </div>
        <Toasts />
        <Show when={isHelpOpen()}>
          <Help onClose={() => setHelpOpen(false)} />
        </Show>
      </Match>
    </Switch>
  );
}

const Waiting = (): JSX.Element => (
  <Switch fallback={<Empty title="Loading">The actors are being read.</Empty>}>
    <Match when={refusal()}>
      {(problem) => (
        <Empty
          title="The gateway refuses this page"
          action={<Button onClick={connect}>Try again</Button>}
        >
          {problem().message}
        </Empty>
      )}
    </Match>
    <Match when={connection().phase === 'lost'}>
      <Empty
        title="The gateway does not answer"
        action={<Button onClick={connect}>Try now</Button>}
      >
        Is it running? This page goes on by itself as soon as it is.
      </Empty>
    </Match>
  </Switch>
);

/** What a browser says when a page's file is gone: another version of the console is served by now. */
const isOutdated = (error: unknown): boolean =>
  error instanceof Error && /imported module|importing a module/i.test(error.message);

const Broken = (props: { error: unknown; again: () => void }): JSX.Element => (
  <Show when={!isOutdated(props.error)} fallback={<Outdated />}>
    <BrokenPage {...props} />
  </Show>
);

const Outdated = (): JSX.Element => (
  <Empty
    title="Signalbox was updated"
    action={<Button onClick={() => location.reload()}>Load the new console</Button>}
  >
    This page belongs to the version before.
  </Empty>
);

const BrokenPage = (props: { error: unknown; again: () => void }): JSX.Element => (
  <Empty
    title="This page broke"
    action={<Button onClick={() => props.again()}>Draw it again</Button>}
  >
    {props.error instanceof Error ? props.error.message : String(props.error)}
  </Empty>
);
