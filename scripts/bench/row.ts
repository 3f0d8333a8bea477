/** A row of the bench: what was measured, beside what the design holds. */
export type Row = Readonly<{
  what: string;
  measured: string;
  hold: string;
  reach: string;
  isHeld: boolean;
}>;

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export const thousands = (value: number): string => Math.round(value).toLocaleString('en');

export function table(rows: readonly Row[]): string {
  const cells = [
    ['what', 'measured', 'hold', 'reach', ''],
    ...rows.map(({ what, measured, hold, reach, isHeld }) => [
      what,
      measured,
      hold,
      reach,
      isHeld ? 'held' : 'MISSED',
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  return cells
    .map((row) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  '))
    .join('\n');
}
