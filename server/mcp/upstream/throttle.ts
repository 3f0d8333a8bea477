/** Holds up whoever reads more than is good for everybody else: what nobody waits for has a speed limit. */

const windowMs = 1_000;
const mostCharsPerWindow = 1024 * 1024;

export type Throttle = Readonly<{
  count(chars: number): void;
  /** Milliseconds to wait before more is read; 0 as a rule. */
  waitMs(): number;
}>;

export function createThrottle(now: () => number = () => performance.now()): Throttle {
  let sinceMs = now();
  let chars = 0;
  return {
    count(more) {
      chars += more;
    },
    waitMs() {
      const passedMs = now() - sinceMs;
      if (passedMs >= windowMs) {
        sinceMs = now();
        chars = 0;
        return 0;
      }
      return chars > mostCharsPerWindow ? windowMs - passedMs : 0;
    },
  };
}
