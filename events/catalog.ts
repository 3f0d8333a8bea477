/** Every event by type and version: what may be written, and how what was written is read. */
import { TypeCompiler, type TypeCheck } from '@sinclair/typebox/compiler';
import { breakerSchemas } from './breaker.ts';
import { clientKeySchemas } from './clientKey.ts';
import { conversationSchemas } from './conversation.ts';
import { daySchemas } from './day.ts';
import { mcpBackendSchemas } from './mcpBackend.ts';
import { mcpConnectionSchemas } from './mcpConnection.ts';
import { mcpServerSchemas } from './mcpServer.ts';
import { modelRouteSchemas } from './modelRoute.ts';
import { operatorSchemas } from './operator.ts';
import { providerSchemas } from './provider.ts';
import { providerKeySchemas } from './providerKey.ts';
import { settingSchemas } from './setting.ts';
import type { TSchema } from './schema.ts';
import { trafficSchemas } from './traffic.ts';

/** Turns the data of one version into the data of the next. Pure; chained until the current version. */
type Upcast = (data: unknown) => unknown;

type Entry = Readonly<{
  version: number;
  check: () => TypeCheck<TSchema>;
  upcasts: readonly Upcast[];
}>;

/** Compiled when the first event of the type comes: all at once would be a tenth of a start, and most never come. */
function lazily(schema: TSchema): () => TypeCheck<TSchema> {
  let compiled: TypeCheck<TSchema> | undefined;
  return () => (compiled ??= TypeCompiler.Compile(schema));
}

/**
 * Upcasts by type: the first turns version 1 into 2, the second 2 into 3; the current version is their
 * number plus one. A new optional field needs none, a new meaning needs one. No type is ever deleted.
 */
export type UpcastsByType = Readonly<Record<string, readonly Upcast[]>>;
const upcasts: UpcastsByType = {};

/** Why data cannot be read as an event of this type. */
export type Unreadable = Readonly<{ reason: string }>;

export function buildCatalog(schemas: Readonly<Record<string, TSchema>>, history: UpcastsByType) {
  const entries = new Map<string, Entry>(
    Object.entries(schemas).map(([type, schema]) => {
      const steps = history[type] ?? [];
      return [type, { version: steps.length + 1, check: lazily(schema), upcasts: steps }];
    }),
  );

  return {
    /** True for a type that this version of Signalbox knows. */
    knows: (type: string): boolean => entries.has(type),

    /** The version under which this type is written now; 1 for an unknown type. */
    versionOf: (type: string): number => entries.get(type)?.version ?? 1,

    /** The data in today's shape, or why they cannot be read. */
    read(type: string, version: number, data: unknown): { data: object } | Unreadable {
      const entry = entries.get(type);
      if (!entry) return { reason: 'its type is unknown to this version of Signalbox' };
      if (version > entry.version) {
        return { reason: `it has version ${version}, this Signalbox knows ${entry.version}` };
      }
      const upcasts = version === entry.version ? [] : entry.upcasts.slice(version - 1);
      const current = upcasts.reduce((value, upcast) => upcast(value), data);
      const check = entry.check();
      if (check.Check(current)) return { data: current as object };
      const first = check.Errors(current).First();
      return {
        reason: `its data do not fit the schema at ${first?.path || '/'}: ${first?.message}`,
      };
    },
  };
}

/** All transition events. */
export const controlCatalog = buildCatalog(
  {
    ...providerSchemas,
    ...providerKeySchemas,
    ...breakerSchemas,
    ...clientKeySchemas,
    ...operatorSchemas,
    ...daySchemas,
    ...settingSchemas,
    ...modelRouteSchemas,
    ...mcpServerSchemas,
    ...mcpConnectionSchemas,
    ...mcpBackendSchemas,
    ...conversationSchemas,
  },
  upcasts,
);

/** All traffic events. */
export const trafficCatalog = buildCatalog(trafficSchemas, upcasts);
