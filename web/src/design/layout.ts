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
const columnStep = 290;
const rowStep = 100;
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
/** What a label covers, around its middle. */
type Plate = Point & Readonly<{ width: number; height: number }>;
export type Curve = Readonly<{ edge: Edge; path: string; text: string; plate: Plate }>;
/** A way, and where on it its label may stand, the best first. */
type Way = Readonly<{ edge: Edge; path: string; places: readonly Point[] }>;

const letterPx = 6.1;
// Near its end, where its neighbours have gone elsewhere.
const forward = [0.72, 0.6, 0.5, 0.4, 0.3, 0.78, 0.22];
const back = [0.66, 0.54, 0.44, 0.34, 0.74, 0.26, 0.8];
const middle = [0.5, 0.35, 0.65, 0.25, 0.75];

type End = Readonly<{
  edge: Edge;
  node: Node;
  other: Node;
  side: 'left' | 'right' | 'up' | 'down';
}>;

const isNear = (a: Node, b: Node): boolean => Math.abs(a.y - b.y) < rowStep * 1.6;

/** Where on a node an edge begins or ends: left and right between columns, above and below within one. */
function sideOf(node: Node, other: Node): End['side'] {
  if (other.column !== node.column) return other.column > node.column ? 'right' : 'left';
  if (!isNear(node, other)) return 'right';
  return other.y > node.y ? 'down' : 'up';
}

/** The ends at one side of a node lie apart from each other, in the order of where they lead. */
function portsOf(drawing: Drawing): (edge: Edge, name: string) => number {
  const byName = new Map(drawing.nodes.map((node) => [node.name, node]));
  const groups = new Map<string, End[]>();
  for (const edge of drawing.edges) {
    for (const [name, otherName] of [
      [edge.from, edge.to],
      [edge.to, edge.from],
    ] as const) {
      const [node, other] = [byName.get(name), byName.get(otherName)];
      if (!node || !other) continue;
      const side = sideOf(node, other);
      const key = `${name} ${side}`;
      groups.set(key, [...(groups.get(key) ?? []), { edge, node, other, side }]);
    }
  }
  const ports = new Map<Edge, Map<string, number>>();
  for (const ends of groups.values()) {
    // What leads forward lies above what leads back, seen from both of its ends.
    const order = ({ edge, node, other }: End) =>
      other.y * 10 + (edge.from === (node.column <= other.column ? node : other).name ? 0 : 1);
    const sorted = ends.toSorted((one, two) => order(one) - order(two));
    const step = Math.min(9, (box.height - 8) / Math.max(1, sorted.length - 1));
    sorted.forEach(({ edge, node }, index) => {
      const ofEdge = ports.get(edge) ?? new Map<string, number>();
      ofEdge.set(node.name, (index - (sorted.length - 1) / 2) * step);
      ports.set(edge, ofEdge);
    });
  }
  return (edge, name) => ports.get(edge)?.get(name) ?? 0;
}

function wayOf(edge: Edge, from: Node, to: Node, start: number, end: number): Way {
  if (from.column !== to.column) {
    const sign = to.x > from.x ? 1 : -1;
    const a = { x: from.x + (sign * box.width) / 2, y: from.y + start };
    const b = { x: to.x - sign * (box.width / 2 + 5), y: to.y + end };
    const bend = (b.x - a.x) / 2;
    const path = `M${a.x},${a.y} C${a.x + bend},${a.y} ${b.x - bend},${b.y} ${b.x},${b.y}`;
    const along = (at: number) => {
      const rise = 3 * at * at - 2 * at * at * at;
      return { x: a.x + (b.x - a.x) * at, y: a.y + (b.y - a.y) * rise };
    };
    return { edge, path, places: (sign > 0 ? forward : back).map(along) };
  }
  if (isNear(from, to)) {
    const sign = to.y > from.y ? 1 : -1;
    const x = from.x + start * 3;
    const [top, bottom] = [from.y + (sign * box.height) / 2, to.y - sign * (box.height / 2 + 5)];
    const places = middle.map((at) => ({ x, y: top + (bottom - top) * at }));
    return { edge, path: `M${x},${top} L${x},${bottom}`, places };
  }
  // Past the nodes between them.
  const right = from.x + box.width / 2;
  const far = right + 56;
  const [y1, y2] = [from.y + start, to.y + end];
  const path = `M${right},${y1} C${far},${y1} ${far},${y2} ${right + 5},${y2}`;
  return { edge, path, places: middle.map((at) => ({ x: far - 14, y: y1 + (y2 - y1) * at })) };
}

const isApart = (one: Plate, other: Plate): boolean =>
  Math.abs(one.x - other.x) * 2 >= one.width + other.width ||
  Math.abs(one.y - other.y) * 2 >= one.height + other.height;

/** `textOf` says what is written at an edge: labels take the first place where they hide neither a state nor each other. */
export function curvesOf(drawing: Drawing, textOf: (edge: Edge) => string): readonly Curve[] {
  const byName = new Map(drawing.nodes.map((node) => [node.name, node]));
  const portOf = portsOf(drawing);
  const taken: Plate[] = drawing.nodes.map(({ x, y }) => ({ x, y, ...box }));
  return drawing.edges.flatMap((edge) => {
    const [from, to] = [byName.get(edge.from), byName.get(edge.to)];
    if (!from || !to) return [];
    const { path, places } = wayOf(edge, from, to, portOf(edge, edge.from), portOf(edge, edge.to));
    const text = textOf(edge);
    const size = { width: text.length * letterPx + 10, height: 16 };
    const plates = places.map((at) => ({ ...at, ...size }));
    const plate = plates.find((one) => taken.every((other) => isApart(one, other))) ?? plates[0];
    if (!plate) return [];
    taken.push(plate);
    return [{ edge, path, text, plate }];
  });
}
