/** `bun run bench`: the numbers that Signalbox holds, as ratios to something else in the same run. */
import { firstTokenRows } from './firstToken.ts';
import { nginxPath } from './nginx.ts';
import { projectionRows } from './projection.ts';
import { table, type Row } from './row.ts';
import { startRows } from './start.ts';
import { throughputRows } from './throughput.ts';

const sections: Readonly<Record<string, () => Promise<Row[]>>> = {
  throughput: throughputRows,
  'first-token': firstTokenRows,
  projection: projectionRows,
  start: startRows,
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in sections));
if (unknown) {
  console.error(`there is no section "${unknown}"; there are ${Object.keys(sections).join(', ')}`);
  process.exit(2);
}
if (!nginxPath()) {
  console.error(
    'nginx is missing: install it (apt-get install nginx, and wrk for the load) and try again',
  );
  process.exit(2);
}

const rows: Row[] = [];
for (const [name, measure] of Object.entries(sections)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`${name} …`);
  rows.push(...(await measure()));
}
console.log(`\n${table(rows)}`);
process.exit(rows.every(({ isHeld }) => isHeld) ? 0 : 1);
