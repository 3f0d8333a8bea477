/** `bun run bench [--short] [section …]`: the numbers that Signalbox holds, as ratios to something else in the same run. */
import { parseArgs } from 'node:util';
import { eventsRows } from './bench/events.ts';
import { firstTokenRows } from './bench/firstToken.ts';
import { burstRows, quietRows } from './bench/heldStreams.ts';
import { memoryRows } from './bench/memory.ts';
import { nginxPath } from './bench/nginx.ts';
import { portkeyRows } from './bench/portkey.ts';
import { projectionRows } from './bench/projection.ts';
import { table, type Row, type Scale } from './bench/row.ts';
import { startRows } from './bench/start.ts';
import { throughputRows } from './bench/throughput.ts';
import { toolRows } from './bench/tools.ts';
import { turnRows } from './bench/turns.ts';

const sections: Readonly<Record<string, (scale: Scale) => Promise<Row[]>>> = {
  throughput: throughputRows,
  'first-token': firstTokenRows,
  events: eventsRows,
  burst: burstRows,
  tools: toolRows,
  turns: turnRows,
  memory: memoryRows,
  quiet: quietRows,
  projection: projectionRows,
  start: startRows,
  portkey: portkeyRows,
};

const help = `Usage: bun run bench [--short] [section …]

Measures on this machine, beside nginx, and exits with 1 where a figure does not hold.

  --short   shows that all of it runs; its figures mean nothing
  --help    this text

Sections: ${Object.keys(sections).join(', ')}; all of them where none is named.
`;

const { values, positionals: wanted } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
if (values.help) {
  console.log(help);
  process.exit(0);
}
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
  try {
    const measured = await measure({ isShort: values.short });
    rows.push(...measured);
    // At once as well: what comes later may break, and this took its time.
    console.log(table(measured));
  } catch (error) {
    console.error(error);
    rows.push({ what: name, measured: 'it broke', hold: '', reach: '', isHeld: false });
  }
}
console.log(`\n${table(rows)}`);
if (values.short) console.log('\na short run: all of it runs, and its figures mean nothing');
const isHeld = values.short || rows.every((row) => row.isHeld !== false);
process.exit(isHeld ? 0 : 1);
