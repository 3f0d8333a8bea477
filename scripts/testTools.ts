/** Programs that some tests drive: installed from Debian where that is possible, else named. */
const tools = [
  { command: 'nginx', package: 'nginx-light' },
  { command: 'chromium', package: 'chromium' },
];

async function isNeeded(command: string): Promise<boolean> {
  for await (const path of new Bun.Glob('test/{integration,e2e,support}/**/*.ts').scan())
    if (new RegExp(`['"/]${command}['"]`).test(await Bun.file(path).text())) return true;
  return false;
}

const runs = async (command: readonly string[]): Promise<boolean> => {
  const child = Bun.spawn([...command], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return (await child.exited) === 0;
};

export async function installMissingTools(): Promise<void> {
  const missing: typeof tools = [];
  for (const tool of tools)
    if (Bun.which(tool.command) === null && (await isNeeded(tool.command))) missing.push(tool);
  if (missing.length === 0) return;
  const packages = missing.map((tool) => tool.package);
  if (process.getuid?.() === 0 && Bun.which('apt-get') !== null) {
    console.log(`\n== Installing ${packages.join(', ')}`);
    await runs(['apt-get', 'update', '-qq']);
    if (await runs(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages]))
      return;
  }
  console.log(`\n!! MISSING: ${packages.join(', ')}. The tests that need them are skipped.`);
}
