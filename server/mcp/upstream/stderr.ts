/** What servers write for people: the last 64 kB of each, and lines of the program's own log. No secret gets out. */
import { redact } from '../../../actors/providerKey/redact.ts';
import { createLines } from './lines.ts';

export type StderrRings = Readonly<{
  /** For one program. `hide` takes out what is secret of its configuration. */
  writer(server: string, hide: (text: string) => string): (text: string) => void;
  /** The lines that are left, oldest first. */
  of(server: string): string[];
  forget(server: string): void;
}>;

type Ring = {
  readonly pieces: string[];
  chars: number;
  /** What is oldest began with a line that is not whole any more. */
  isCut: boolean;
  hide: (text: string) => string;
  /** Lines in the log since then. */
  sinceMs: number;
  logged: number;
  leftOut: number;
};

type Options = Readonly<{
  log: (about: Readonly<{ server: string; line?: string; leftOut?: number }>) => void;
  now: () => number;
}>;

const mostChars = 64 * 1024;
const longestLine = 2_000;
const mostLoggedPerS = 50;
const secondMs = 1_000;

export function createStderrRings({ log, now }: Options): StderrRings {
  const rings = new Map<string, Ring>();

  const keep = (ring: Ring, text: string) => {
    const { pieces } = ring;
    if (text.length > mostChars) ring.isCut = true;
    pieces.push(text.slice(-mostChars));
    ring.chars += Math.min(text.length, mostChars);
    while (ring.chars > mostChars) {
      const first = pieces[0] ?? '';
      const over = ring.chars - mostChars;
      if (first.length > over) pieces[0] = first.slice(over);
      else pieces.shift();
      ring.chars -= Math.min(first.length, over);
      ring.isCut = true;
    }
  };
  const safe = (ring: Ring, line: string): string =>
    redact(ring.hide(line.slice(0, longestLine * 2))).slice(0, longestLine);

  const logLine = (server: string, ring: Ring, line: string) => {
    if (now() - ring.sinceMs >= secondMs) {
      if (ring.leftOut > 0) log({ server, leftOut: ring.leftOut });
      Object.assign(ring, { sinceMs: now(), logged: 0, leftOut: 0 });
    }
    if (ring.logged >= mostLoggedPerS) {
      ring.leftOut += 1;
      return;
    }
    ring.logged += 1;
    log({ server, line: safe(ring, line) });
  };

  return {
    writer(server, hide) {
      const ring = rings.get(server) ?? {
        pieces: [],
        chars: 0,
        isCut: false,
        hide,
        sinceMs: now(),
        logged: 0,
        leftOut: 0,
      };
      ring.hide = hide;
      rings.set(server, ring);
      const lines = createLines(longestLine * 2, (line) => logLine(server, ring, line), 'cut');
      return (text) => {
        keep(ring, text);
        lines.take(text);
      };
    },
    of(server) {
      const ring = rings.get(server);
      if (!ring) return [];
      const lines = ring.pieces.join('').split('\n');
      if (ring.isCut) lines.shift();
      return lines.filter((line) => line.trim() !== '').map((line) => safe(ring, line));
    },
    forget: (server) => void rings.delete(server),
  };
}
