/** What the console asks of the past: requests, the audit log, actors as they were. */
import { answerOf, api } from './api.ts';

const pageSize = 100;

export type RequestFilter = Readonly<{
  client?: string;
  provider?: string;
  key?: string;
  model?: string;
  status?: number;
  outcome?: 'completed' | 'truncated' | 'cancelled' | 'failed';
  from?: string;
  to?: string;
}>;

const onwards = (after: number | undefined) => (after === undefined ? {} : { after });

/** Newest first; `after` is the `next` of the page before. */
export const requestsThen = (filter: RequestFilter, after?: number) =>
  answerOf(api.logs.get({ query: { ...filter, ...onwards(after), limit: pageSize } }));

/** Every look is an event of the audit log. */
export const bodiesOf = (id: string) => answerOf(api.logs({ id }).body.get());
export type Bodies = Awaited<ReturnType<typeof bodiesOf>>;
export type Body = NonNullable<Bodies['request']>;

export type EventFilter = Readonly<{
  kind?: string;
  id?: string;
  type?: string;
  correlation_id?: string;
  from?: string;
  to?: string;
}>;

export const eventsThen = (filter: EventFilter, after?: number) =>
  answerOf(
    api.events.get({ query: { ...filter, ...onwards(after), order: 'desc', limit: pageSize } }),
  );

/** All that one request or deed led to, oldest first. */
export const eventsOfCause = (correlationId: string) =>
  answerOf(api.events.get({ query: { correlation_id: correlationId, limit: 200 } }));

export const eventAt = async (sequence: number) => {
  const { data } = await answerOf(api.events.get({ query: { after: sequence - 1, limit: 1 } }));
  return data.find((event) => event.sequence === sequence);
};

/** Those at a sequence and on both sides of it, oldest first. */
export const eventsAround = async (sequence: number, each: number) => {
  const after = Math.max(0, sequence - each - 1);
  const limit = sequence + each - after;
  return (await answerOf(api.events.get({ query: { after, limit } }))).data;
};

/** The last sequence that the log had at a time; 0 where it had none. */
export const sequenceAt = async (time: string) => {
  const { data } = await answerOf(api.events.get({ query: { to: time, order: 'desc', limit: 1 } }));
  return data[0]?.sequence ?? 0;
};

const actorsPage = 1_000;
/** Pages of one kind that are read: as many actors as a table is made for. */
const pagesAtMost = 20;

/** All actors of a kind as they were after this sequence. */
export async function actorsAt(kind: string, sequence: number) {
  const of = api.actors({ kind }).at;
  const all: Awaited<ReturnType<typeof read>>['data'] = [];
  const read = (after: string | null) =>
    answerOf(of.get({ query: { sequence, limit: actorsPage, ...(after !== null && { after }) } }));
  let after: string | null = null;
  for (let page = 0; page < pagesAtMost; page += 1) {
    const { data, next } = await read(after);
    all.push(...data);
    if (next === null) break;
    after = next;
  }
  return all;
}
