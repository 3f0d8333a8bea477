/** A question over the page: the browser's own dialog, which keeps the focus in and gives it back. */
import { createSignal, createUniqueId, onMount, Show, type JSX } from 'solid-js';
import { Button } from './Button.tsx';

type DialogProps = {
  title: string;
  onClose: () => void;
  /** With it the dialog is a form: what is thrown is shown, what resolves closes it. */
  onSubmit?: () => Promise<unknown>;
  submit?: string;
  danger?: boolean;
  children?: JSX.Element;
};

export function Dialog(props: DialogProps): JSX.Element {
  const id = createUniqueId();
  const [fault, setFault] = createSignal<string>();
  const [isBusy, setBusy] = createSignal(false);
  let dialog: HTMLDialogElement | undefined;
  onMount(() => dialog?.showModal());

  const submit = async (event: Event) => {
    event.preventDefault();
    if (!props.onSubmit || isBusy()) return;
    setBusy(true);
    setFault(undefined);
    try {
      await props.onSubmit();
      dialog?.close();
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <dialog ref={(own) => (dialog = own)} aria-labelledby={id} onClose={() => props.onClose()}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id={id}>{props.title}</h2>
        {props.children}
        <Show when={fault()}>
          <div class="notice bad" role="alert">
            {fault()}
          </div>
        </Show>
        <div class="actions">
          <Button onClick={() => dialog?.close()}>{props.onSubmit ? 'Cancel' : 'Close'}</Button>
          <Show when={props.onSubmit}>
            <Button type="submit" look={props.danger ? 'danger' : 'primary'} disabled={isBusy()}>
              {isBusy() ? 'Working…' : (props.submit ?? 'Save')}
            </Button>
          </Show>
        </div>
      </form>
    </dialog>
  );
}
