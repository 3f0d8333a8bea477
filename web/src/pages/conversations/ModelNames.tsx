/** The names of models that a field offers; any other may be typed. */
import { createMemo, For, type JSX } from 'solid-js';
import { actorsOf } from '../../live/selectors.ts';
import { world } from '../../live/store.ts';

const offeredAtMost = 40;

/** Public names of routes, and what was asked for lately. */
export function ModelNames(props: { id: string }): JSX.Element {
  const names = createMemo(() => {
    const routes = actorsOf('model-route').map(({ context }) => context.name);
    const asked = (world()?.requests ?? []).map(({ model }) => model ?? '');
    const all = new Set([...routes, ...asked].filter((name) => name !== ''));
    return [...all].slice(0, offeredAtMost);
  });
  return (
    <datalist id={props.id}>
      <For each={names()}>{(name) => <option value={name} />}</For>
    </datalist>
  );
}
