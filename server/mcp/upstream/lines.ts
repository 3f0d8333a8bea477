/** Text that comes in pieces, as lines. */

export type Lines = Readonly<{ take(text: string): void }>;

/**
 * A line that is longer than `mostChars` is an error, or what is over is left out.
 * @throws from `take`, where it is an error.
 */
export function createLines(
  mostChars: number,
  onLine: (line: string) => void,
  tooLong: 'error' | 'cut' = 'error',
): Lines {
  /** Pieces of a line that has not ended: joined once, at its end. */
  let pieces: string[] = [];
  let chars = 0;
  return {
    take(text) {
      let from = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
        const line =
          pieces.length === 0 ? text.slice(from, end) : pieces.join('') + text.slice(from, end);
        pieces = [];
        chars = 0;
        from = end + 1;
        if (line.trim() !== '') onLine(line);
      }
      if (from === text.length) return;
      const isOver = chars + text.length - from > mostChars;
      if (isOver && tooLong === 'error')
        throw new Error(`a line is longer than ${mostChars} characters`);
      const piece = isOver
        ? text.slice(from, from + Math.max(0, mostChars - chars))
        : text.slice(from);
      if (piece !== '') pieces.push(piece);
      chars += piece.length;
    },
  };
}
