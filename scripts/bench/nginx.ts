/** nginx as upstream and as the proxy to compare with; each in a process of its own. */
import { join } from 'node:path';
import { freePort } from '../../server/nats/configure.ts';
import { temporaryFolder } from '../measure/leftovers.ts';

export type Nginx = Readonly<{ port: number; pid: number; stop: () => Promise<void> }>;

export const nginxPath = (): string | null =>
  Bun.which('nginx', { PATH: `${Bun.env['PATH']}:/usr/sbin` });

/** Answers every request at once with this JSON. */
export const startUpstream = (json: string): Promise<Nginx> =>
  start(
    (port) => `server { listen 127.0.0.1:${port}; location / {
    default_type application/json; return 200 '${json}'; } }`,
  );

/** `proxy_pass` with keep-alive and one worker. */
export const startProxy = (upstreamPort: number): Promise<Nginx> =>
  start(
    (port) => `upstream vendor { server 127.0.0.1:${upstreamPort}; keepalive 256; }
  server { listen 127.0.0.1:${port}; location / {
    proxy_pass http://vendor; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; } }`,
  );

async function start(servers: (port: number) => string): Promise<Nginx> {
  const binary = nginxPath();
  if (!binary) throw new Error('nginx is not installed (apt-get install nginx)');
  const { path: folder, remove } = temporaryFolder('nginx');
  const port = await freePort();
  const config = join(folder, 'nginx.conf');
  await Bun.write(
    config,
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 100000000; keepalive_timeout 600s; client_body_buffer_size 1m;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/f;
  uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  ${servers(port)} }`,
  );
  const child = Bun.spawn([binary, '-c', config, '-p', folder], {
    stdout: 'ignore',
    stderr: 'ignore',
  });
  for (let tries = 0; tries < 100; tries++) {
    if (
      await fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      )
    )
      break;
    await Bun.sleep(20);
  }
  return {
    port,
    pid: child.pid,
    async stop() {
      child.kill();
      await child.exited;
      remove();
    },
  };
}
