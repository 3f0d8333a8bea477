/** Places the states of a machine in columns, by how far they are from its beginning. */
import type { App } from '../../../server/app.ts';

export type Machine = App['~Routes']['api']['actors'][':kind']['machine']['get']['response'][200];

export type Node = Readonly<{ name: string; x: number; y: number; column: number }>;
/** All ways from one state to another, drawn as one. */
export type Edge = Readonly<{ from: string; to: string; events: readonly string[] }>;
export type Drawing = Readonly<{
  nodes: readonly Node[];
  edges: readonly Edge[];
  /** Events after which the state is the same, by state. */
  stays: ReadonlyMap<string, readonly string[]>;
  width: number;
  height: number;
}>;

export const box = { width: 112, height: 36 } as const;
const columnStep = 300;
const rowStep = 112;
const margin = 30;

/** States without parts, each with what leads out of it: its own ways, and the machine's where it says nothing else. */
function waysOf(machine: Machine) {
  const states = machine.states.filter(({ type }) => type !== 'compound' && type !== 'parallel');
  const names = new Set(states.map(({ name }) => name));
  const edges = new Map<string, { from: string; to: string; events: string[] }>();
  const stays = new Map<string, string[]>();
  for (const state of states) {
    const own = new Set([...state.transitions.map(({ event }) => event), ...state.ignores]);
    const all = [
      ...state.transitions,
      ...machine.transitions.filter(({ event }) => !own.has(event)),
    ];
    for (const { event, target } of all) {
      if (target === null || target === state.name) {
        stays.set(state.name, [...new Set([...(stays.get(state.name) ?? []), event])]);
        continue;
      }
      if (!names.has(target)) continue;
      const key = `${state.name}>${target}`;
      const edge = edges.get(key) ?? { from: state.name, to: target, events: [] };
      if (!edge.events.includes(event)) edge.events.push(event);
      edges.set(key, edge);
    }
  }
  return { names: [...names], edges: [...edges.values()], stays };
}

export function drawingOf(machine: Machine): Drawing {
  const { names, edges, stays } = waysOf(machine);
  const column = new Map<string, number>();
  let front = names.filter((name) => name === machine.initial);
  for (let depth = 0; front.length > 0; depth += 1) {
    for (const name of front) column.set(name, depth);
    front = [
      ...new Set(
        edges.filter(({ from, to }) => front.includes(from) && !column.has(to)).map(({ to }) => to),
      ),
    ];
  }
  const columns = new Map<number, string[]>();
  for (const name of names) {
    const place = column.get(name) ?? 0;
    columns.set(place, [...(columns.get(place) ?? []), name]);
  }
  const most = Math.max(1, ...[...columns.values()].map(({ length }) => length));
  const height = most * rowStep + margin;
  const nodes = [...columns].flatMap(([place, inIt]) =>
    inIt.map((name, index) => ({
      name,
      column: place,
      x: margin + box.width / 2 + place * columnStep,
      y: margin / 2 + ((index + 0.5) * (most * rowStep)) / inIt.length,
    })),
  );
  const width = 2 * margin + box.width + (columns.size - 1) * columnStep + 60;
  return { nodes, edges, stays, width, height };
}

type Point = Readonly<{ x: number; y: number }>;
export type Curve = Readonly<{ path: string; label: Point }>;

const sideways = (a: Node, b: Node, offset: number): Curve => {
  const sign = b.x > a.x ? 1 : -1;
  const start = { x: a.x + (sign * box.width) / 2, y: a.y + offset };
  const end = { x: b.x - sign * (box.width / 2 + 5), y: b.y + offset };
  const bend = (end.x - start.x) / 2;
  const lift = Math.abs(b.column - a.column) > 1 ? -offset * 7 : 0;
  const path = `M${start.x},${start.y} C${start.x + bend},${start.y + lift} ${end.x - bend},${end.y + lift} ${end.x},${end.y}`;
  // There and back have their words at different places, or those would lie on one another.
  const at = offset === 0 ? 0.5 : sign > 0 ? 0.66 : 0.56;
  const rise = 3 * at * at - 2 * at * at * at;
  const label = {
    x: start.x + (end.x - start.x) * at,
    y: start.y + (end.y - start.y) * rise + lift * 3 * at * (1 - at) + offset * 0.4,
  };
  return { path, label };
};

/** Within a column the way goes round at the right. */
const round = (a: Node, b: Node, offset: number): Curve => {
  const sign = b.y > a.y ? 1 : -1;
  const isNext = Math.abs(b.y - a.y) < rowStep * 1.6;
  if (isNext) {
    const x = a.x + offset * 2.4;
    const start = { x, y: a.y + (sign * box.height) / 2 };
    const end = { x, y: b.y - sign * (box.height / 2 + 5) };
    const label = { x: x + (offset > 0 ? 6 : -6), y: (start.y + end.y) / 2 };
    return { path: `M${start.x},${start.y} L${end.x},${end.y}`, label };
  }
  const right = a.x + box.width / 2;
  const far = right + 46 + offset;
  const path = `M${right},${a.y + offset} C${far},${a.y} ${far},${b.y} ${right + 5},${b.y + offset}`;
  return { path, label: { x: far - 14, y: (a.y + b.y) / 2 } };
};

/** Ways there and back lie beside each other. */
export function curveOf(from: Node, to: Node, hasWayBack: boolean): Curve {
  const isForward = to.column > from.column || (to.column === from.column && to.y > from.y);
  const offset = hasWayBack ? (isForward ? -8 : 8) : 0;
  return from.column === to.column ? round(from, to, offset) : sideways(from, to, offset);
}
