/**
 * Patterns of other people's schemas, matched in a time that grows with the text and no faster. What such an engine
 * cannot read (lookaheads, backreferences) is left to the server to judge.
 */
import { RE2JS } from 're2js';

const longestPattern = 1_000;
const longestText = 10_000;

export type LinearPattern = Readonly<{ test(text: string): boolean; toString(): string }>;

/** @param spend Told of what each test costs. */
export function linearPattern(pattern: string, spend: (steps: number) => void): LinearPattern {
  let engine: RE2JS | undefined;
  try {
    if (pattern.length <= longestPattern) engine = RE2JS.compile(RE2JS.translateRegExp(pattern));
  } catch {
    // Nothing is refused for it.
  }
  return {
    test(text) {
      if (!engine || text.length > longestText) return true;
      spend(1 + Math.ceil(text.length / 10));
      return engine.matcher(text).find();
    },
    toString: () => pattern,
  };
}
