/** Asks once before what cannot be undone, and says that it was done. */
import type { JSX } from 'solid-js';
import { Dialog } from './Dialog.tsx';
import { say } from './Toasts.tsx';

type ConfirmProps = {
  title: string;
  submit: string;
  work: () => Promise<unknown>;
  /** What is said of it. */
  done: string;
  onClose: () => void;
  onDone?: (() => void) | undefined;
  children: JSX.Element;
};

export const Confirm = (props: ConfirmProps): JSX.Element => (
  <Dialog
    title={props.title}
    submit={props.submit}
    danger
    onClose={props.onClose}
    onSubmit={async () => {
      await props.work();
      say(props.done);
      props.onDone?.();
    }}
  >
    {props.children}
  </Dialog>
);
