/** A page: its head, and cards on it. */
import { createEffect, Show, type JSX } from 'solid-js';

type PageProps = {
  title: string;
  /** One sentence on what is seen here. */
  lead?: JSX.Element;
  crumb?: JSX.Element;
  beside?: JSX.Element;
  actions?: JSX.Element;
  /** As high as the window: for a table that scrolls by itself. */
  fill?: boolean;
  children: JSX.Element;
};

export function Page(props: PageProps): JSX.Element {
  createEffect(() => {
    document.title = `${props.title} · Signalbox`;
  });
  return (
    <div class="page" classList={{ fill: props.fill ?? false }}>
      <div class="page-head">
        <div>
          <Show when={props.crumb}>
            <div class="crumb">{props.crumb}</div>
          </Show>
          <div class="row wrap">
            <h1>{props.title}</h1>
            {props.beside}
          </div>
          <Show when={props.lead}>
            <p>{props.lead}</p>
          </Show>
        </div>
        <div class="row wrap">{props.actions}</div>
      </div>
      {props.children}
    </div>
  );
}

type CardProps = {
  title?: string;
  beside?: JSX.Element;
  class?: string;
  bare?: boolean;
  children: JSX.Element;
};

export const Card = (props: CardProps): JSX.Element => (
  <section class={`card ${props.class ?? ''}`} aria-label={props.title}>
    <Show when={props.title}>
      <header>
        <h2>{props.title}</h2>
        {props.beside}
      </header>
    </Show>
    <Show when={!props.bare} fallback={props.children}>
      <div class="body">{props.children}</div>
    </Show>
  </section>
);

type FigureProps = {
  name: string;
  value: string;
  unit?: string;
  more?: JSX.Element;
  children?: JSX.Element;
};

/** A number that matters, with its course below. */
export const Figure = (props: FigureProps): JSX.Element => (
  <section class="card figure" aria-label={props.name}>
    <div class="name">{props.name}</div>
    <div class="value">
      {props.value}
      <Show when={props.unit}>
        <small>{props.unit}</small>
      </Show>
    </div>
    <div class="more">{props.more}</div>
    {props.children}
  </section>
);
