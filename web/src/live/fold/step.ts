/** What every fold has: an actor before a fact, and after it. */

export type Data = Readonly<Record<string, unknown>>;
export type Stand<Context> = Readonly<{ status: string; context: Context }>;

/** The same machine as the gateway's, over the fields that the console keeps. Undefined: nothing changes. */
export type Fold<Context> = (
  before: Stand<Context>,
  type: string,
  data: Data,
) => Stand<Context> | undefined;

export function without<Value>(record: Readonly<Record<string, Value>>, name: string) {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}

export function omit(data: Data, names: readonly string[]): Data {
  return Object.fromEntries(Object.entries(data).filter(([key]) => !names.includes(key)));
}
