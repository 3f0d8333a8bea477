/** An operator's session at the management side. */

/** What the gateway is started with. */
export const password = 'a password of the soak';

export type Session = Readonly<{
  send: (method: string, path: string, body?: object) => Promise<Response>;
  /** What was answered. @throws when it was refused */
  done: <Answer>(method: string, path: string, body?: object) => Promise<Answer>;
}>;

export async function openSession(port: number): Promise<Session> {
  const url = `http://127.0.0.1:${port}`;
  const json = { 'content-type': 'application/json' };
  const login = await fetch(`${url}/api/login`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ password }),
  });
  const { token } = (await login.json()) as { token?: string };
  if (!token) throw new Error(`the operator was not let in: ${login.status}`);
  const headers = { ...json, authorization: `Bearer ${token}` };

  const send = (method: string, path: string, body?: object): Promise<Response> =>
    fetch(`${url}${path}`, {
      method,
      headers,
      keepalive: false,
      ...(body && { body: JSON.stringify(body) }),
    });
  return {
    send,
    async done<Answer>(method: string, path: string, body?: object) {
      const answer = await send(method, path, body);
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return JSON.parse(text) as Answer;
    },
  };
}
