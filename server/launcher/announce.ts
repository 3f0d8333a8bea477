/** What a person reads after the start: where it listens, who may come in, what to do next. */
import type { Config } from '../config.ts';
import type { Mode } from '../config/mode.ts';

const modeWords: Readonly<Record<Mode, string>> = {
  open: 'open - every program on this machine may use and manage it; web pages and other machines may not',
  keys: 'keys - clients need a client key; managing is closed until MIDDLEWARE_PASSWORD is set',
  password:
    'password - managing needs the password; clients need a client key, and none is set yet',
  'keys-and-password': 'keys and password - clients need a client key, managing needs the password',
  'clients-open':
    'clients open - clients need no key (MCP_DISABLE_AUTH); managing needs the password',
};

const json = "-H 'content-type: application/json'";

function nextSteps(config: Config, url: string): string[] {
  const credential = config.mode.startsWith('keys')
    ? " -H 'authorization: Bearer <client key>'"
    : '';
  if (config.providerKeys.length > 0) return [`curl ${url}/v1/models${credential}`];
  if (config.mode === 'open')
    return [
      `curl ${url}/api/provider-keys ${json} -d '{"provider": "openai", "key": "sk-..."}'`,
      `curl ${url}/v1/models`,
    ];
  if (config.password === null)
    return ['set OPENAI_API_KEYS, ANTHROPIC_API_KEYS or GEMINI_API_KEYS and start again'];
  return [
    `curl ${url}/api/login ${json} -d '{"password": "..."}'   (answers with a token)`,
    `curl ${url}/api/provider-keys -H 'authorization: Bearer <token>' ${json} -d '{"provider": "openai", "key": "sk-..."}'`,
  ];
}

export function announcement(config: Config, url: string, warnings: readonly string[]): string {
  const log = config.nats.kind === 'embedded' ? 'the log, ' : '';
  const lines = [
    `Signalbox ${config.version} listens on ${url}`,
    `  Mode: ${modeWords[config.mode]}`,
    `  Data: ${config.dataDir} (${log}SQLite, spool, made secrets)`,
    `  Console: ${url}/console/`,
    ...warnings.map((warning) => `  Note: ${warning}`),
    ...nextSteps(config, url).map((step, index) => `  ${index === 0 ? 'Next:' : '     '} ${step}`),
  ];
  return `${lines.join('\n')}\n`;
}
