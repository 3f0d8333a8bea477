/** Which base URLs a provider may have, by what their names resolve to. */
import { describe, expect, test } from 'bun:test';
import { checkedBaseUrl, type Lookup } from '../../server/providers/baseUrl.ts';
import { parseBaseUrl } from '../../server/config/values.ts';

const own = { host: '127.0.0.1', port: 8080, allowedHosts: [] };
const resolvesTo =
  (...addresses: string[]): Lookup =>
  async () =>
    addresses;
const check = (url: string, lookUp: Lookup = resolvesTo('203.0.113.1')) =>
  checkedBaseUrl(url, own, lookUp);
const refused = (url: string, lookUp?: Lookup) =>
  check(url, lookUp).then(
    () => 'taken',
    (error: { code: string }) => error.code,
  );

describe('a base URL is taken', () => {
  test.each([
    ['https://api.example.com/v1/', 'https://api.example.com/v1'],
    ['https://API.example.com', 'https://api.example.com'],
    ['http://127.0.0.1:11434/v1', 'http://127.0.0.1:11434/v1'],
    ['http://192.168.1.5:8000', 'http://192.168.1.5:8000'],
    ['http://[::1]:11434', 'http://[::1]:11434'],
  ])('%s as %s', async (url, kept) => {
    expect(await check(url)).toBe(kept);
  });

  test('whose name does not resolve yet', async () => {
    const nowhere: Lookup = () => Promise.reject(new Error('ENOTFOUND'));
    expect(await check('http://ollama:11434', nowhere)).toBe('http://ollama:11434');
  });

  test('whose name resolves to a private address: that is where Ollama lives', async () => {
    expect(await refused('http://ollama', resolvesTo('10.0.0.7', 'fd00::7'))).toBe('taken');
  });
});

describe('a base URL is refused', () => {
  test.each([
    '169.254.169.254',
    'fe80::1%eth0',
    '::ffff:169.254.169.254',
    'fd00:ec2::254',
    '64:ff9b::a9fe:a9fe',
    '168.63.129.16',
    '100.100.100.200',
  ])('when one of the addresses of its name is %s', async (address) => {
    const lookUp = resolvesTo('203.0.113.1', address);
    expect(await refused('https://innocent.example', lookUp)).toBe('INVALID_BASE_URL');
  });

  test.each([
    'http://169.254.0.1',
    'http://0251.0376.0251.0376',
    'http://169.254.43518',
    'http://0xa9fea9fe',
    'http://2852039166/v1',
    'http://１６９.254.169.254',
    'http://[fe80::a]',
    'http://[febf::1]',
    'http://[::ffff:a9fe:a9fe]',
    'http://METADATA.google.internal',
    'http://metadata.google.internal./x',
  ])('when it is %s', async (url) => {
    expect(await refused(url, resolvesTo())).toBe('INVALID_BASE_URL');
  });

  test('in a variable of the environment too', () => {
    const url = 'http://169.254.169.254/v1';
    expect(() => parseBaseUrl(url, 'OPENAI_BASE_URL')).toThrow('OPENAI_BASE_URL is a link-local');
  });

  test('when it is the gateway itself', async () => {
    expect(await refused('http://localhost:8080/v1')).toBe('INVALID_BASE_URL');
    expect(await refused('http://localhost:8081/v1')).toBe('taken');
  });
});
