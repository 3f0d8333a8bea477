/** Events of a day: its totals, so that statistics outlive the traffic they were made from. */
import { t, type Static } from './schema.ts';

/** Counters of one (client, provider, key, model) on one UTC day; `''` where a request never got that far. */
export const dayRow = t.Object({
  client: t.String(),
  provider: t.String(),
  keyId: t.String(),
  model: t.String(),
  requests: t.Integer(),
  failures: t.Integer(),
  inputTokens: t.Integer(),
  outputTokens: t.Integer(),
  cachedTokens: t.Integer(),
  costMicroUsd: t.Integer(),
  durationMs: t.Integer(),
  /** Requests whose cost is not known; the days of older versions do not say. */
  unpriced: t.Optional(t.Integer()),
});
export type DayRow = Static<typeof dayRow>;

/** Counters of one (client, server, tool) on one UTC day; `''` where it is not known any more. */
export const toolDayRow = t.Object({
  client: t.String(),
  server: t.String(),
  tool: t.String(),
  calls: t.Integer(),
  failures: t.Integer(),
  durationMs: t.Integer(),
});
export type ToolDayRow = Static<typeof toolDayRow>;

export const daySchemas = {
  /** One part of a closed day's totals (a message holds at most 256 KiB); the parts of a day have ids `2026-11-20-1`, `-2` … */
  DayClosed: t.Object({
    day: t.String({ description: 'UTC, 2026-11-20' }),
    part: t.Integer(),
    parts: t.Integer(),
    /** TRAFFIC is counted up to here. */
    trafficSequence: t.Integer(),
    rows: t.Array(dayRow),
    /** Left out where there is none. */
    tools: t.Optional(t.Array(toolDayRow)),
  }),
};

type Schemas = typeof daySchemas;
export type DayEvent = {
  [Type in keyof Schemas]: Readonly<{ type: Type; data: Readonly<Static<Schemas[Type]>> }>;
}[keyof Schemas];
