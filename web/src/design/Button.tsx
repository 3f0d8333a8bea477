/** Buttons, also those that copy. */
import { createSignal, splitProps, type JSX } from 'solid-js';
import { Icon, type IconName } from './Icon.tsx';

type Look = { look?: 'primary' | 'danger' | 'quiet'; slim?: boolean; icon?: IconName };
type ButtonProps = JSX.ButtonHTMLAttributes<HTMLButtonElement> & Look;

const classOf = (props: Look, isSquare: boolean): string =>
  ['button', props.look, props.slim && 'slim', isSquare && 'square'].filter(Boolean).join(' ');

export function Button(all: ButtonProps): JSX.Element {
  const [own, rest] = splitProps(all, ['look', 'slim', 'icon', 'children', 'class']);
  return (
    <button type="button" {...rest} class={`${classOf(own, false)} ${own.class ?? ''}`}>
      {own.icon && <Icon name={own.icon} />}
      {own.children}
    </button>
  );
}

/** Without a word in it: `label` is its name for screen readers and on hover. */
export function IconButton(all: ButtonProps & { label: string; icon: IconName }): JSX.Element {
  const [own, rest] = splitProps(all, ['look', 'slim', 'icon', 'label', 'class']);
  return (
    <button
      type="button"
      {...rest}
      class={`${classOf({ look: 'quiet', ...own }, true)} ${own.class ?? ''}`}
      aria-label={own.label}
      title={own.label}
    >
      <Icon name={own.icon} />
    </button>
  );
}

/** `what` names the thing: `Copy the key's id`. */
export function Copy(props: { text: string; what: string }): JSX.Element {
  const [isDone, setDone] = createSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(props.text);
    setDone(true);
    setTimeout(() => setDone(false), 1_500);
  };
  return (
    <IconButton
      slim
      icon={isDone() ? 'check' : 'copy'}
      label={isDone() ? 'Copied' : `Copy ${props.what}`}
      onClick={(event) => {
        event.stopPropagation();
        void copy();
      }}
    />
  );
}
