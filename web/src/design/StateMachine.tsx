/** The machine of an actor as the gateway runs it, drawn, with the state it is in lit. */
import { createMemo, For, Show, type JSX } from 'solid-js';
import { eventName } from './format.ts';
import { box, curvesOf, drawingOf, type Edge, type Machine } from './layout.ts';
import { wordOf } from './tones.ts';

type MachineProps = {
  machine: Machine;
  current: string;
  /** The way that was taken last: `from` and the event's type. */
  last?: Readonly<{ from: string; type: string }> | undefined;
};

const shownEvents = 1;

export function StateMachine(props: MachineProps): JSX.Element {
  const drawing = createMemo(() => drawingOf(props.machine));
  const isLast = ({ from, to, events }: Edge) =>
    to === props.current && from === props.last?.from && events.includes(props.last.type);
  const textOf = ({ events }: Edge) => {
    const names = events.map((event) => eventName(event, props.machine.kind));
    const more = names.length - shownEvents;
    return names.slice(0, shownEvents).join(', ') + (more > 0 ? ` +${more}` : '');
  };
  const curves = createMemo(() => curvesOf(drawing(), textOf));
  const inWords = () =>
    `State machine of ${props.machine.kind}. Now ${wordOf(props.current)}. ` +
    drawing()
      .edges.filter(({ from }) => from === props.current)
      .map((edge) => `${textOf(edge)} leads to ${wordOf(edge.to)}`)
      .join('; ');

  return (
    <div class="machine" role="group" aria-label="Drawing of the state machine" tabIndex={0}>
      <svg
        viewBox={`0 0 ${drawing().width} ${drawing().height}`}
        width={drawing().width}
        role="img"
        aria-label={inWords()}
      >
        <defs>
          <Arrow id="arrow" class="" />
          <Arrow id="arrow-lit" class="lit" />
        </defs>
        <For each={curves()}>
          {({ edge, path }) => (
            <g class="edge" classList={{ lit: isLast(edge), out: edge.from === props.current }}>
              <path d={path} marker-end={isLast(edge) ? 'url(#arrow-lit)' : 'url(#arrow)'} />
            </g>
          )}
        </For>
        <For each={curves()}>
          {({ edge, text, plate }) => (
            <g class="edge" classList={{ out: edge.from === props.current, lit: isLast(edge) }}>
              <title>{edge.events.join(', ')}</title>
              <rect
                class="plate"
                x={plate.x - plate.width / 2}
                y={plate.y - plate.height / 2}
                width={plate.width}
                height={plate.height}
                rx="3"
              />
              <text x={plate.x} y={plate.y + 4}>
                {text}
              </text>
            </g>
          )}
        </For>
        <For each={drawing().nodes}>
          {(node) => (
            <g class="node" classList={{ lit: node.name === props.current }}>
              <Show when={drawing().stays.get(node.name)}>
                {(events) => <title>Stays: {events().join(', ')}</title>}
              </Show>
              <rect
                x={node.x - box.width / 2}
                y={node.y - box.height / 2}
                width={box.width}
                height={box.height}
                rx="18"
              />
              <text x={node.x} y={node.y + 4.5}>
                {wordOf(node.name)}
              </text>
            </g>
          )}
        </For>
      </svg>
    </div>
  );
}

const Arrow = (props: { id: string; class: string }): JSX.Element => (
  <marker
    id={props.id}
    class={props.class}
    viewBox="0 0 8 8"
    refX="6"
    refY="4"
    markerWidth="7"
    markerHeight="7"
    orient="auto-start-reverse"
  >
    <path d="M0 0.5 7 4 0 7.5z" />
  </marker>
);
