/** The arguments of a call, compared with the schema that the server gave for its tool before anything is sent. */
import { LRUCache } from 'lru-cache';
import type { ErrorObject } from 'ajv';
import type { Offer } from '../catalog.ts';
import { isObject } from '../rpc/message.ts';
import type { SchemaEngine, SchemaRun } from './schemaEngine.ts';

export type ArgumentFault = Readonly<{ field: string; message: string }>;

export type ArgumentsCheck = Readonly<{
  /** What is wrong first; undefined when nothing is, or when only the server can tell. */
  faultOf(
    tool: Pick<Offer, 'hash' | 'item'>,
    given: unknown,
  ): ArgumentFault | undefined | Promise<ArgumentFault | undefined>;
}>;

const mostTools = 1_000;
const longestField = 200;
const longestMessage = 300;

const pathOf = (instancePath: string): string =>
  instancePath.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');

/** A field that is missing, or one too many, is named itself and not what it stands in. */
const memberOf = ({ params }: ErrorObject): string => {
  const named: unknown =
    params['missingProperty'] ?? params['additionalProperty'] ?? params['unevaluatedProperty'];
  return typeof named === 'string' ? named : '';
};

function messageOf({ keyword, params, message = 'is not valid' }: ErrorObject): string {
  switch (keyword) {
    case 'required':
      return 'is missing';
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return 'is not known';
    case 'enum':
      return `must be one of ${JSON.stringify(params['allowedValues'])}`;
    case 'const':
      return `must be ${JSON.stringify(params['allowedValue'])}`;
    default:
      return message;
  }
}

/** Words of the schema and names of fields; never a value, which may be a secret. */
function faultOf(errors: readonly ErrorObject[]): ArgumentFault | undefined {
  const [first] = errors;
  if (!first) return undefined;
  // Of alternatives none fits: which one was meant is not known.
  const last = errors.at(-1) ?? first;
  const told = /^(anyOf|oneOf)$/.test(last.keyword) ? last : first;
  const path = [pathOf(told.instancePath), memberOf(told)].filter((part) => part !== '').join('.');
  const field = (path || 'arguments').slice(0, longestField);
  return { field, message: messageOf(told).slice(0, longestMessage) };
}

export function createArgumentsCheck(): ArgumentsCheck {
  const runs = new LRUCache<string, { run: SchemaRun | null }>({ max: mostTools });
  let engine: SchemaEngine | undefined;
  let loading: Promise<SchemaEngine> | undefined;

  const look = (
    { compile }: SchemaEngine,
    { hash, item }: Pick<Offer, 'hash' | 'item'>,
    given: unknown,
  ): ArgumentFault | undefined => {
    const schema = item['inputSchema'];
    if (!isObject(schema)) return undefined;
    let known = runs.get(hash);
    if (!known) {
      known = { run: compile(schema) };
      runs.set(hash, known);
    }
    const errors = known.run?.(given ?? {});
    return errors ? faultOf(errors) : undefined;
  };

  return {
    faultOf(tool, given) {
      // In no catalog: there is nothing to compare with.
      if (tool.hash === '') return undefined;
      if (engine) return look(engine, tool, given);
      loading ??= import('./schemaEngine.ts').then((loaded) => loaded.loadSchemaEngine());
      return loading.then((loaded) => {
        engine = loaded;
        return look(loaded, tool, given);
      });
    },
  };
}
