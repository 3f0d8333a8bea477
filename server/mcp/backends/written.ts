/** The pool as environment and file name it: `MCP_BACKENDS`, and `backends` and `load_balancer` in the file of servers. */
import { t } from 'elysia';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { isActorId, slugOf } from '../../../events/ids.ts';
import { expanded } from '../config/keep.ts';
import { BadServer } from '../config/written.ts';
import { isObject } from '../rpc/message.ts';

/** One backend, complete and checked. Headers may be secrets: they are in memory only. */
export type NamedBackend = Readonly<{
  name: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  weight: number;
  healthPath: string;
  /** False where nobody said what a good answer is: then every answer but a failure of the server is one. */
  isHealthPathNamed: boolean;
  timeoutMs: number;
  source: 'environment' | 'file';
}>;

export type Balancer = Readonly<{
  checkEveryMs: number;
  checkTimeoutMs: number;
  unhealthyAfter: number;
  healthyAfter: number;
  /** Sessions of a backend that is not named any more are ended after this. */
  drainMs: number;
  /** Whoever wrote it says that the servers keep nothing between two calls. */
  stateless: boolean;
}>;

export type NamedPool = Readonly<{ backends: readonly NamedBackend[]; balancer: Balancer }>;

export type PoolOf = (
  /** What the file holds, parsed; anything without `backends` names none. */
  held: unknown,
) => NamedPool;

type Options = Readonly<{
  /** Of MCP_BACKENDS. */
  named: readonly Readonly<{ name: string; url: string }>[];
  variables: Readonly<Record<string, string | undefined>>;
}>;

const seconds = (minimum: number) => t.Optional(t.Number({ minimum, maximum: 86_400 }));
const threshold = t.Optional(t.Integer({ minimum: 1, maximum: 1_000 }));

const backendsCheck = TypeCompiler.Compile(
  t.Array(
    t.Object({
      name: t.String({ minLength: 1 }),
      url: t.Optional(t.String({ minLength: 1 })),
      weight: t.Optional(t.Integer({ minimum: 1, maximum: 1_000 })),
      health_check: t.Optional(t.String({ pattern: '^/' })),
      timeout: seconds(0.1),
      headers: t.Optional(t.Record(t.String({ pattern: "^[\\w!#$%&'*+.^`|~-]+$" }), t.String())),
    }),
    { maxItems: 200 },
  ),
);
const balancerCheck = TypeCompiler.Compile(
  t.Object({
    strategy: t.Optional(t.Literal('weighted_round_robin')),
    health_check_interval: seconds(0.05),
    health_check_timeout: seconds(0.05),
    unhealthy_threshold: threshold,
    healthy_threshold: threshold,
    drain_timeout: seconds(0.05),
    stateless: t.Optional(t.Boolean()),
  }),
);

const usualTimeoutMs = 60_000;
/** With a gateway's id behind it, it is still the id of an actor. */
const longestName = 50;

function checked<Value>(
  check: { Check(value: unknown): value is Value; Errors: typeof backendsCheck.Errors },
  field: string,
  value: unknown,
): Value {
  if (check.Check(value)) return value;
  const fault = check.Errors(value).First();
  throw new BadServer(`${field}${fault?.path.replaceAll('/', '.') ?? ''}: ${fault?.message}`);
}

function nameOf(text: string): string {
  const name = slugOf(text);
  if (isActorId(name) && name.length <= longestName) return name;
  throw new BadServer('backends: a name has no letter or digit of a-z, 0-9, or is too long');
}

function urlOf(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '')
    return url;
  throw new BadServer(`backends: the url of ${name} is no http or https address without a user`);
}

/** @throws {BadServer} that names the field, and repeats no value. */
export function createPoolOf({ named, variables }: Options): PoolOf {
  return (held) => {
    const file = isObject(held) ? held : {};
    const written = checked(backendsCheck, 'backends', file['backends'] ?? []);
    const balancer = checked(balancerCheck, 'load_balancer', file['load_balancer'] ?? {});
    const ofFile = new Map(written.map((one) => [nameOf(one.name), one]));
    if (ofFile.size < written.length) throw new BadServer('backends: two have the same name');
    const urls = new Map(named.map(({ name, url }) => [nameOf(name), url]));

    const backends = [...new Set([...urls.keys(), ...ofFile.keys()])].map((name): NamedBackend => {
      const one = ofFile.get(name);
      const url = urls.get(name) ?? one?.url;
      if (url === undefined)
        throw new BadServer(`backends: ${name} has no url, here or in MCP_BACKENDS`);
      const fill = (text: string) => expanded(text, variables);
      return {
        name,
        url: urlOf(name, urls.has(name) ? url : fill(url)),
        headers: Object.fromEntries(
          Object.entries(one?.headers ?? {}).map(([header, text]) => [header, fill(text)]),
        ),
        weight: one?.weight ?? 1,
        healthPath: one?.health_check ?? '/health',
        isHealthPathNamed: one?.health_check !== undefined,
        timeoutMs: one?.timeout === undefined ? usualTimeoutMs : Math.round(one.timeout * 1_000),
        source: urls.has(name) ? 'environment' : 'file',
      };
    });
    return {
      backends,
      balancer: {
        checkEveryMs: (balancer.health_check_interval ?? 30) * 1_000,
        checkTimeoutMs: (balancer.health_check_timeout ?? 5) * 1_000,
        unhealthyAfter: balancer.unhealthy_threshold ?? 3,
        healthyAfter: balancer.healthy_threshold ?? 2,
        drainMs: (balancer.drain_timeout ?? 600) * 1_000,
        stateless: balancer.stateless ?? false,
      },
    };
  };
}
