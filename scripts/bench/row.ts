/** A row of the bench: what was measured, beside what the design holds. */
export type Row = Readonly<{
  what: string;
  measured: string;
  hold: string;
  reach: string;
  /** Null for what could not be measured here. */
  isHeld: boolean | null;
}>;

/** A short run shows that everything runs through; its figures mean nothing. */
export type Scale = Readonly<{ isShort: boolean }>;

const verdict = ({ isHeld }: Row): string => {
  if (isHeld === null) return 'SKIPPED';
  return isHeld ? 'held' : 'MISSED';
};

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export const thousands = (value: number): string => Math.round(value).toLocaleString('en');

export function table(rows: readonly Row[]): string {
  const cells = [
    ['what', 'measured', 'hold', 'reach', ''],
    ...rows.map((row) => [row.what, row.measured, row.hold, row.reach, verdict(row)]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  return cells
    .map((row) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  '))
    .join('\n');
}
