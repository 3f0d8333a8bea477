/** A request as bytes, for load generators on bare sockets. */
export type WireRequest = Readonly<{
  port: number;
  path: string;
  body: string;
  headers: Readonly<Record<string, string>>;
}>;

export function requestBytes({ port, path, body, headers }: WireRequest): Buffer {
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}
