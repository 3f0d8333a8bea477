/** The gateway's own name: kept in the data folder, so that a restart is the same gateway again. */
import { link, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** `<8 hex digits>-<worker>`; the digits are made once for each data folder. */
export async function gatewayIdOf(dataDir: string, workerNumber: number): Promise<string> {
  const path = join(dataDir, 'gateway-id');
  const existing = await readId(path);
  if (existing) return `${existing}-${workerNumber}`;
  await mkdir(dataDir, { recursive: true });
  const draft = `${path}.${process.pid}`;
  await Bun.write(draft, crypto.randomUUID().slice(0, 8));
  // Of several workers that start at once the first one's name counts.
  await link(draft, path).catch(() => undefined);
  await rm(draft, { force: true });
  const made = await readId(path);
  if (!made) throw new Error(`${path} does not hold a gateway id of 8 hex digits; remove the file`);
  return `${made}-${workerNumber}`;
}

async function readId(path: string): Promise<string | undefined> {
  const text = await Bun.file(path)
    .text()
    .catch(() => '');
  return /^[0-9a-f]{8}$/.test(text.trim()) ? text.trim() : undefined;
}
