/** Runs JSON Schema of servers nobody vouches for: nothing is fetched, and every run ends soon. */
import type { AnySchema, ErrorObject, Options, ValidateFunction } from 'ajv';
import type { Json } from '../rpc/message.ts';
import { boundedSchema, stepKeyword } from './boundedSchema.ts';
import { canonical } from './canonical.ts';
import { linearPattern } from './linearPattern.ts';

/** The faults that were found first; null where there are none, or where the schema could not be run to its end. */
export type SchemaRun = (value: unknown) => readonly ErrorObject[] | null;

export type SchemaEngine = Readonly<{
  /** Null for a schema that cannot be run: what it says is the server's to judge. */
  compile(schema: Json): SchemaRun | null;
}>;

type Compiler = Readonly<{
  compile(schema: AnySchema): ValidateFunction;
  removeSchema(schema: AnySchema): unknown;
}>;

/** At worst about 0.1 s. */
const mostSteps = 10_000;

class TooManySteps extends Error {
  override readonly name = 'TooManySteps';
}

/** Loaded when the first arguments are to be looked at: the start does not wait for it. */
export async function loadSchemaEngine(): Promise<SchemaEngine> {
  const [{ Ajv }, { Ajv2019 }, { Ajv2020 }] = await Promise.all([
    import('ajv'),
    import('ajv/dist/2019.js'),
    import('ajv/dist/2020.js'),
  ]);
  let left = mostSteps;
  const spend = (steps: number) => {
    left -= steps;
    if (left < 0) throw new TooManySteps('the schema takes too long');
  };

  const regExp = Object.assign((pattern: string) => linearPattern(pattern, spend), { code: '' });
  const options: Options = {
    strict: false,
    logger: false,
    // Formats are notes since 2019-09, and drafts before leave them open.
    validateFormats: false,
    // Two servers may give one $id to two schemas.
    addUsedSchema: false,
    code: { regExp },
  };
  const made = <Engine extends InstanceType<typeof Ajv>>(engine: Engine): Compiler => {
    engine.addKeyword({
      keyword: stepKeyword,
      schema: true,
      errors: false,
      validate() {
        spend(1);
        return true;
      },
    });
    // Ajv's own compares each with each.
    engine.removeKeyword('uniqueItems');
    engine.addKeyword({
      keyword: 'uniqueItems',
      type: 'array',
      error: { message: 'must not hold the same item twice' },
      validate: (isWanted: unknown, items: readonly unknown[]) =>
        isWanted !== true || new Set(items.map(canonical)).size === items.length,
    });
    return engine;
  };
  const engines = new Map<string, Compiler>();
  const engineFor = (dialect: unknown): Compiler => {
    const name = typeof dialect === 'string' ? dialect : '';
    const draft = /draft-0[67]/.test(name) ? '07' : name.includes('2019-09') ? '2019' : '2020';
    const known = engines.get(draft);
    if (known) return known;
    const Engine = draft === '07' ? Ajv : draft === '2019' ? Ajv2019 : Ajv2020;
    const engine = made(new Engine(options));
    engines.set(draft, engine);
    return engine;
  };

  return {
    compile(schema) {
      const bounded = boundedSchema(schema);
      if (!bounded) return null;
      left = mostSteps;
      const engine = engineFor(schema['$schema']);
      let run: ValidateFunction;
      try {
        run = engine.compile(bounded);
      } catch {
        return null;
      } finally {
        // Ajv keeps what it compiled for ever otherwise.
        engine.removeSchema(bounded);
      }
      return (value) => {
        left = mostSteps;
        try {
          return run(value) ? null : (run.errors ?? null);
        } catch {
          return null;
        }
      };
    },
  };
}
