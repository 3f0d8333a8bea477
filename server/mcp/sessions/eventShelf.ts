/** What sessions were told, kept for a while, so that a stream that was cut goes on where it was. */

type Bounds = Readonly<{
  mostEventsPerSession: number;
  mostBytesPerSession: number;
  mostBytesInAll: number;
}>;

export type SessionEvents = Readonly<{
  /** The position of an event in its session: they grow, over all streams. */
  keep(stream: string, text: string): number;
  /** A position that holds nothing: where a stream begins. */
  mark(stream: string): number;
  /** Undefined when the stream is not known (any more). */
  after(stream: string, position: number): Replay | undefined;
  /** The stream gets no further event: it is forgotten with its last one. */
  end(stream: string): void;
  drop(stream: string): void;
  clear(): void;
}>;

export type Replay = Readonly<{
  /** False when some of them had to make room. */
  isWhole: boolean;
  events: readonly Readonly<{ position: number; text: string }>[];
}>;

export type EventShelf = Readonly<{
  ofSession(): SessionEvents;
  bytes(): number;
}>;

const usualBounds: Bounds = {
  mostEventsPerSession: 1_024,
  mostBytesPerSession: 4 * 1024 * 1024,
  mostBytesInAll: 64 * 1024 * 1024,
};

type Kept = Readonly<{ position: number; text: string; stream: string; evict: () => void }>;
type Stream = { readonly kept: Kept[]; lastLost: number; isOver: boolean };

export function createEventShelf(bounds: Bounds = usualBounds): EventShelf {
  const { mostEventsPerSession, mostBytesPerSession, mostBytesInAll } = bounds;
  // In the order they came, so that the oldest is the first.
  const all = new Set<Kept>();
  let allBytes = 0;

  const ofSession = (): SessionEvents => {
    const own = new Set<Kept>();
    const streams = new Map<string, Stream>();
    let ownBytes = 0;
    let last = 0;

    const remove = (one: Kept) => {
      if (!own.delete(one)) return;
      all.delete(one);
      // A character is a byte here: what is bounded is the order of size.
      ownBytes -= one.text.length;
      allBytes -= one.text.length;
    };
    /** The oldest of its session is the oldest of its stream. */
    const lose = (one: Kept) => {
      remove(one);
      const stream = streams.get(one.stream);
      if (!stream) return;
      stream.kept.shift();
      stream.lastLost = one.position;
      if (stream.isOver && stream.kept.length === 0) streams.delete(one.stream);
    };
    const streamOf = (name: string): Stream => {
      const known = streams.get(name);
      if (known) return known;
      const fresh: Stream = { kept: [], lastLost: 0, isOver: false };
      streams.set(name, fresh);
      return fresh;
    };
    const drop = (name: string) => {
      for (const one of streams.get(name)?.kept ?? []) remove(one);
      streams.delete(name);
    };

    return {
      keep(name, text) {
        const position = ++last;
        const stream = streamOf(name);
        if (text.length > mostBytesPerSession) {
          for (const one of stream.kept) remove(one);
          stream.kept.length = 0;
          stream.lastLost = position;
          return position;
        }
        const one: Kept = { position, text, stream: name, evict: () => lose(one) };
        stream.kept.push(one);
        own.add(one);
        all.add(one);
        ownBytes += text.length;
        allBytes += text.length;
        for (const oldest of own) {
          if (own.size <= mostEventsPerSession && ownBytes <= mostBytesPerSession) break;
          lose(oldest);
        }
        for (const oldest of all) {
          if (allBytes <= mostBytesInAll) break;
          oldest.evict();
        }
        return position;
      },
      mark(name) {
        streamOf(name);
        return ++last;
      },
      after(name, position) {
        const stream = streams.get(name);
        if (!stream || position > last) return undefined;
        return {
          isWhole: stream.lastLost <= position,
          events: stream.kept.filter((one) => one.position > position),
        };
      },
      end(name) {
        const stream = streams.get(name);
        if (!stream) return;
        stream.isOver = true;
        if (stream.kept.length === 0) streams.delete(name);
      },
      drop,
      clear() {
        for (const name of streams.keys()) drop(name);
      },
    };
  };

  return { ofSession, bytes: () => allBytes };
}
