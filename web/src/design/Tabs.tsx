/** Views of one thing, one at a time. Left and right lead from one to the next. */
import { For, Show, type JSX } from 'solid-js';

type Tab = Readonly<{ value: string; text: string; number?: number | undefined }>;
type TabsProps = {
  label: string;
  value: string;
  tabs: readonly Tab[];
  onInput: (value: string) => void;
  children: JSX.Element;
};

export function Tabs(props: TabsProps): JSX.Element {
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLDivElement }) => {
    const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };
    const step = steps[event.key];
    if (step === undefined) return;
    const at = props.tabs.findIndex(({ value }) => value === props.value);
    const next = props.tabs[(at + step + props.tabs.length) % props.tabs.length];
    if (!next) return;
    event.preventDefault();
    props.onInput(next.value);
    event.currentTarget.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={props.label} onKeyDown={onKeyDown}>
        <For each={props.tabs.map(({ value }) => value)}>
          {(value) => {
            const tab = () => props.tabs.find((one) => one.value === value);
            return (
              <button
                type="button"
                role="tab"
                id={`tab-${value}`}
                aria-selected={value === props.value}
                aria-controls="tab-panel"
                tabIndex={value === props.value ? 0 : -1}
                onClick={() => props.onInput(value)}
              >
                {tab()?.text}
                <Show when={tab()?.number !== undefined}>
                  {' '}
                  <span class="num faint">{tab()?.number?.toLocaleString('en')}</span>
                </Show>
              </button>
            );
          }}
        </For>
      </div>
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${props.value}`} class="tab-panel">
        {props.children}
      </div>
    </>
  );
}
