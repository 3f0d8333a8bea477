/** Addresses of NATS, with and without credentials. */
import { expect, test } from 'bun:test';
import { isLoopback, natsAccessOf } from '../../server/config/places.ts';

test('credentials are taken out of the addresses', () => {
  expect(natsAccessOf('nats://one,nats://me:p%40ss@two:4333')).toEqual({
    servers: 'nats://one:4222,nats://two:4333',
    user: 'me',
    pass: 'p@ss',
  });
});

test('a server without users has none', () => {
  expect(natsAccessOf('tls://[::1]:4222')).toEqual({
    servers: 'tls://[::1]:4222',
    user: '',
    pass: '',
  });
});

test.each(['localhost', '127.0.0.1', '127.8.9.1', '::1', 'a.localhost'])(
  '%s is loopback',
  (host) => {
    expect(isLoopback(host)).toBe(true);
  },
);

test.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', 'example.com'])(
  '%s is not',
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);
