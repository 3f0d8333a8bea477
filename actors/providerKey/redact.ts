/** Takes out of vendor text whatever could be a secret, before it is kept anywhere. */

const redacted = '[redacted]';

/** Keys by the shape their vendors give them, also when masked with stars, dots or an ellipsis. */
const shapes: readonly RegExp[] = [
  /\b(?:sk|pk|rk|gsk|xai|pplx|nvapi|fw|hf|r8|tgp|csk|ghp|ya29)[-_.*…][\w*•.…-]{3,}/gi,
  /\bAIza[\w*•.…-]{3,}/g,
  /\bAQ\.[\w*•.…-]{8,}/g,
  /\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/g,
];

/** What stands behind a word that announces a credential. */
const announced = [
  /(\b(?:bearer|basic)\s+)[\w+/=.*•…~-]{6,}/gi,
  /(\b(?:api[ _-]?key|apikey|access[ _-]?token|secret|password|authorization)(?: provided)?['"]?\s*[:=]\s*['"]?)(?!\[redacted\])[^\s'",;}]+/gi,
  /([?&](?:key|api[-_]?key|token)=)[^\s&'"]+/gi,
] as const;

const longRun = /[\w+/=-]{24,}/g;

/** Random text, not the long name of a model or a quota: mixed case with digits, or one unbroken run with digits. */
function looksRandom(run: string): boolean {
  if (!/\d/.test(run)) return false;
  if (run.length >= 32 && /[a-z]/.test(run) && /[A-Z]/.test(run)) return true;
  return run.split(/[-_/]/).some((part) => part.length >= 24 && /\d/.test(part));
}

/** What is kept is shorter by far; a bound on what is looked through keeps a hostile answer cheap. */
const maxText = 8_192;

/** The text without anything that looks like a key. */
export function redact(text: string): string {
  let safe = text.slice(0, maxText);
  for (const shape of shapes) safe = safe.replace(shape, redacted);
  for (const words of announced) safe = safe.replace(words, `$1${redacted}`);
  return safe.replace(longRun, (run) => (looksRandom(run) ? redacted : run));
}
