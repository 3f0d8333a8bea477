/** What of a configuration may be read by everybody who may read events, and what is only in the vault. */
import type { McpServerSettings } from '../../../events/mcpServer.ts';

type Hidden = McpServerSettings['env'][number];

/** A value of nothing but variables, and of words that say how they are sent, tells nothing. */
const isOnlyVariables = (text: string): boolean =>
  text.includes('${') && /^(?:bearer|basic|token|[\s:]|\$\{[^}]*\})*$/i.test(text);

const secretName = /key|token|secret|passw|auth|credential|cookie|session|dsn|private/i;
/** Long and mixed: an id at best, a credential at worst. */
const looksRandom = (text: string): boolean =>
  /^[\w+/=.~-]{20,}$/.test(text) && /\d/.test(text) && /[a-z]/i.test(text);
const hasUser = (text: string): boolean => /:\/\/[^/\s]*@/.test(text);

const isSecretText = (text: string): boolean =>
  hasUser(text) || /^(?:sk|pk|rk|ghp|gho|github_pat|xox[a-z]|glpat|AIza|eyJ)[-_\w]/.test(text);

/** Every value of the environment and of a header counts as a secret, unless it is only variables. */
export const hiddenValues = (values: Readonly<Record<string, string>>): Hidden[] =>
  Object.entries(values).map(([name, text]) => ({
    name,
    text: isOnlyVariables(text) ? text : null,
  }));

const flagOf = (text: string): string | undefined => /^--?([\w-]+)/.exec(text)?.[1];

/** Arguments are read, but for those that look like a secret, or stand where one is expected. */
export function hiddenArgs(args: readonly string[]): Hidden[] {
  return args.map((text, index) => {
    const name = String(index);
    if (isOnlyVariables(text)) return { name, text };
    const [flag = '', value] = text.split(/=(.*)/s);
    if (value !== undefined) {
      const isHidden = secretName.test(flag) || isSecretText(value) || looksRandom(value);
      return { name, text: isHidden && !isOnlyVariables(value) ? `${flag}=…` : text };
    }
    const before = flagOf(args[index - 1] ?? '');
    const isValue = before !== undefined && !text.startsWith('-') && secretName.test(before);
    return { name, text: isValue || isSecretText(text) || looksRandom(text) ? null : text };
  });
}

/** Without user and password; of the query the names alone, of the path what does not look like a credential. */
export function shownUrl(text: string): string {
  if (!URL.canParse(text)) return isOnlyVariables(text) ? text : '…';
  const url = new URL(text);
  const path = url.pathname
    .split('/')
    .map((part) => (looksRandom(part) && !part.includes('%7B') ? '…' : part))
    .join('/');
  const names = [...url.searchParams.keys()].map((name) => `${name}=…`).join('&');
  return `${url.origin}${path}${names && `?${names}`}`;
}
