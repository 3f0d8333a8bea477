/** Takes what is secret of a configuration out of what its server writes and says. */
import type { McpServerSettings } from '../../../events/mcpServer.ts';
import type { Opened } from './keep.ts';

const redacted = '[redacted]';
/** Shorter ones are words of the language too. */
const leastChars = 6;

/** A value, and the credential in it: behind `Bearer `, behind `--key=`. */
const formsOf = (value: string): string[] => [value, ...value.split(/[\s=]+/).slice(1)];

function inUrl(text: string | null): string[] {
  if (text === null || !URL.canParse(text)) return [];
  const url = new URL(text);
  return [url.password, decodeURIComponent(url.password), ...url.searchParams.values()];
}

/** Every value of the environment and of a header is secret, and of the arguments what is not shown as it is. */
export function hiderOf(settings: McpServerSettings, opened: Opened): (text: string) => string {
  const args = opened.args.filter((arg, index) => settings.args[index]?.text !== arg);
  const values = [...Object.values(opened.env), ...Object.values(opened.headers), ...args];
  const secrets = [...new Set([...values.flatMap(formsOf), ...inUrl(opened.url)])]
    .filter((secret) => secret.length >= leastChars)
    // The longer first: what is left of one would give it away.
    .toSorted((one, other) => other.length - one.length);
  return (text) => {
    let safe = text;
    for (const secret of secrets) safe = safe.replaceAll(secret, redacted);
    return safe;
  };
}
