/** Text that comes in pieces, as lines. */

export type Lines = Readonly<{ take(text: string): void }>;

/** @throws from `take` when a line is longer than `mostChars`. */
export function createLines(mostChars: number, onLine: (line: string) => void): Lines {
  /** Pieces of a line that has not ended: joined once, at its end. */
  let pieces: string[] = [];
  let chars = 0;
  return {
    take(text) {
      let from = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
        const line = pieces.join('') + text.slice(from, end);
        pieces = [];
        chars = 0;
        from = end + 1;
        if (line.trim() !== '') onLine(line);
      }
      if (from === text.length) return;
      pieces.push(text.slice(from));
      chars += text.length - from;
      if (chars > mostChars) throw new Error(`a line is longer than ${mostChars} characters`);
    },
  };
}
