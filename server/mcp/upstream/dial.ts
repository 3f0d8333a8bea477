/** From a configuration to a link: a program that is started, or a URL that is asked. */
import type { McpTransport } from '../../../events/mcpServer.ts';
import type { Opened } from '../config/keep.ts';
import { BadServer } from '../config/written.ts';
import type { Link } from '../rpc/link.ts';
import type { Guard } from './guard.ts';
import type { Dial } from './http.ts';
import type { BuiltIn } from '../builtIn/builtIn.ts';
import { stdioLink } from './stdio.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a program gets of the gateway's own environment: nothing that could be a secret. */
const passedOn = ['PATH', 'HOME', 'LANG', 'TZ'] as const;

const ownEnvironment = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    passedOn.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

type Options = Readonly<{
  /** The server in this process. */
  builtIn: BuiltIn;
  transport: McpTransport;
  opened: Opened;
  environment: Environment;
  dial: Dial;
  guard: Guard;
  onStderr: (text: string) => void;
  onError: (error: unknown, about: string) => void;
}>;

/** @throws {BadServer} */
export async function linkTo(options: Options): Promise<Link> {
  const { transport, opened, environment, dial, guard, onStderr, onError } = options;
  if (transport === 'built-in') return options.builtIn.link(onError);
  const { command, args, cwd, env, headers } = opened;
  if (transport === 'stdio') {
    if (command === null) throw new BadServer('it has no command');
    const all = { ...ownEnvironment(environment), ...env };
    return stdioLink({ program: { command, args, cwd, env: all }, guard, onStderr, onError });
  }
  const url = opened.url !== null && URL.canParse(opened.url) ? new URL(opened.url) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new BadServer('its url is no http or https address');
  // With the SDK, which a gateway that has no such server need not load.
  if (transport === 'sse') {
    const { sseLink } = await import('./sse.ts');
    return sseLink({ url, headers, dial });
  }
  const { httpLink } = await import('./http.ts');
  return httpLink({ url, headers, dial, onError });
}
