/** The last of what servers wrote for people: a ring of 64 kB each. */

export type StderrRings = Readonly<{
  add(server: string, text: string): void;
  /** What is left of it, oldest first. */
  of(server: string): string;
  forget(server: string): void;
}>;

const mostChars = 64 * 1024;

export function createStderrRings(): StderrRings {
  const rings = new Map<string, string>();
  return {
    add(server, text) {
      rings.set(server, ((rings.get(server) ?? '') + text).slice(-mostChars));
    },
    of: (server) => rings.get(server) ?? '',
    forget: (server) => void rings.delete(server),
  };
}
