/** The ways to every page. */
import { A, useLocation } from '@solidjs/router';
import { createEffect, For, Show, type JSX } from 'solid-js';
import type { Place } from '../app.tsx';
import { Icon } from '../design/Icon.tsx';
import { world } from '../live/store.ts';
import { Lamps } from './Brand.tsx';
import { alertsOf } from './alerts.ts';

type RailProps = { places: readonly Place[]; isOpen: boolean; onClose: () => void };

export function Rail(props: RailProps): JSX.Element {
  const location = useLocation();
  createEffect(() => {
    if (location.pathname) props.onClose();
  });
  const sections = () => [...new Set(props.places.flatMap(({ rail }) => (rail ? [rail[0]] : [])))];
  return (
    <>
      <Show when={props.isOpen}>
        <button
          type="button"
          class="veil"
          aria-label="Close the menu"
          onClick={() => props.onClose()}
        />
      </Show>
      <nav class="rail" classList={{ open: props.isOpen }} aria-label="Pages">
        <A href="/" class="brand">
          <Lamps />
          Signalbox
        </A>
        <For each={sections()}>
          {(section) => (
            <>
              <h2>{section}</h2>
              <For each={props.places.filter(({ rail }) => rail?.[0] === section)}>
                {(place) => <Item place={place} />}
              </For>
            </>
          )}
        </For>
        <p class="foot">
          <a href="/docs" rel="external" target="_self">
            API documentation
          </a>
          <br />
          Version {world()?.version ?? '–'}
        </p>
      </nav>
    </>
  );
}

function Item(props: { place: Place }): JSX.Element {
  const alerts = () => alertsOf(props.place.path);
  return (
    <A href={props.place.path} class="item" activeClass="active" end={props.place.path === '/'}>
      <Icon name={props.place.rail?.[2] ?? 'log'} />
      {props.place.rail?.[1]}
      <Show when={alerts() > 0}>
        <span class="num alert" title="need a look">
          {alerts()}
          <span class="unseen"> need a look</span>
        </span>
      </Show>
    </A>
  );
}
