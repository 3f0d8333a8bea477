/** What is filled in: each with its label, a hint, and what is wrong with it. */
import { createUniqueId, For, Show, splitProps, type JSX } from 'solid-js';
import { Icon } from './Icon.tsx';

type Around = { label: string; hint?: string; fault?: string | undefined };
const around = ['label', 'hint', 'fault'] as const;

function Frame(props: Around & { id: string; children: JSX.Element }): JSX.Element {
  return (
    <div class="field">
      <label for={props.id}>{props.label}</label>
      {props.children}
      <Show when={props.fault} fallback={props.hint && <span class="hint">{props.hint}</span>}>
        <span class="fault" role="alert">
          {props.fault}
        </span>
      </Show>
    </div>
  );
}

type TextProps = Around &
  Omit<JSX.InputHTMLAttributes<HTMLInputElement>, 'onInput'> & { onInput: (text: string) => void };

export function TextField(all: TextProps): JSX.Element {
  const [own, rest] = splitProps(all, [...around, 'onInput']);
  const id = createUniqueId();
  return (
    <Frame {...own} id={id}>
      <input
        autocomplete="off"
        {...rest}
        id={id}
        class="input"
        aria-invalid={own.fault !== undefined}
        onInput={(event) => own.onInput(event.currentTarget.value)}
      />
    </Frame>
  );
}

type AreaProps = Around & { value: string; rows?: number; onInput: (text: string) => void };

export function AreaField(props: AreaProps): JSX.Element {
  const [own] = splitProps(props, around);
  const id = createUniqueId();
  return (
    <Frame {...own} id={id}>
      <textarea
        id={id}
        class="textarea"
        rows={props.rows ?? 6}
        value={props.value}
        spellcheck={false}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
    </Frame>
  );
}

type Option = Readonly<{ value: string; text: string }>;
type SelectProps = Around & {
  value: string;
  options: readonly Option[];
  onInput: (value: string) => void;
};

export function SelectField(props: SelectProps): JSX.Element {
  const [own] = splitProps(props, around);
  const id = createUniqueId();
  return (
    <Frame {...own} id={id}>
      <Select {...props} id={id} />
    </Frame>
  );
}

/** Alone in a bar of filters: its label is for screen readers. */
export function Select(props: Omit<SelectProps, 'hint'> & { id?: string }): JSX.Element {
  return (
    <select
      id={props.id}
      class="select"
      aria-label={props.id === undefined ? props.label : undefined}
      value={props.value}
      onChange={(event) => props.onInput(event.currentTarget.value)}
    >
      <For each={props.options}>
        {({ value, text }) => (
          <option value={value} selected={value === props.value}>
            {text}
          </option>
        )}
      </For>
    </select>
  );
}

type SearchProps = { label: string; value: string; onInput: (text: string) => void };

/** The field that `/` leads to. */
export const Search = (props: SearchProps): JSX.Element => (
  <div class="search">
    <Icon name="search" />
    <input
      type="search"
      class="input"
      data-search
      aria-label={props.label}
      placeholder={props.label}
      value={props.value}
      onInput={(event) => props.onInput(event.currentTarget.value)}
    />
    <Show when={props.value === ''}>
      <span class="kbd" aria-hidden="true">
        /
      </span>
    </Show>
  </div>
);

type SegmentsProps = {
  label: string;
  value: string;
  options: readonly (Option & Readonly<{ number?: number }>)[];
  onInput: (value: string) => void;
};

/** One of a few. */
export const Segments = (props: SegmentsProps): JSX.Element => (
  <div class="segments" role="group" aria-label={props.label}>
    <For each={props.options}>
      {(option) => (
        <button
          type="button"
          aria-pressed={option.value === props.value}
          onClick={() => props.onInput(option.value)}
        >
          {option.text}
          <Show when={option.number !== undefined}>
            <span class="num">{option.number?.toLocaleString('en')}</span>
          </Show>
        </button>
      )}
    </For>
  </div>
);
