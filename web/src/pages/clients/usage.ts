/** What clients used, by client; read once, as the days are closed sums. */
import { usageOf } from '../../live/clientKeyCommands.ts';

const dayMs = 24 * 60 * 60_000;
export const shownDays = 30;

/** The first of the shown days, in UTC as the sums are. */
export const firstDay = (): string => {
  const today = Math.floor(Date.now() / dayMs) * dayMs;
  return new Date(today - (shownDays - 1) * dayMs).toISOString();
};

export type Used = Awaited<ReturnType<typeof usageOf>>['data'][number];

export async function usageByClient(): Promise<ReadonlyMap<string, Used>> {
  const { data } = await usageOf('client', firstDay());
  return new Map(data.flatMap((row) => (row.client ? [[row.client, row] as const] : [])));
}

/** Of every shown day, the empty ones too. */
export function byDay(data: readonly Used[]) {
  const rows = new Map(data.map((row) => [row.day, row]));
  const first = Date.parse(firstDay());
  return Array.from({ length: shownDays }, (_, index) => {
    const startMs = first + index * dayMs;
    return { startMs, row: rows.get(new Date(startMs).toISOString().slice(0, 10)) };
  });
}
