/** Settings as they are in force: one object, changed in place by whichever gateway the change came to. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { createRuntime, type Runtime } from '../../actors/runtime/runtime.ts';
import { settingKind } from '../../actors/setting/setting.ts';
import { actorId } from '../../events/ids.ts';
import { memoryLog } from '../../events/memoryLog.ts';
import type { Setting } from '../../server/config.ts';
import { kinds } from '../../server/kinds.ts';
import { createSettings, type Settings } from '../../server/settings/settings.ts';
import { usualValues } from '../../server/settings/table.ts';
import { until } from '../support/until.ts';

const variable = (name: string, value: Setting['value']): Setting => ({
  name,
  value,
  default: null,
  unit: null,
  source: 'environment',
  meaning: '',
});

let log: ReturnType<typeof memoryLog>;
let errors: string[];
const running: { runtime: Runtime; settings: Settings }[] = [];

async function gateway(variables: readonly Setting[] = []) {
  const onError = (error: unknown, about: string) => void errors.push(`${about}: ${String(error)}`);
  const gatewayId = `gateway-${running.length + 1}`;
  const runtime = createRuntime({ log, kinds, gatewayId, now: () => Date.now(), onError });
  await runtime.start();
  const settings = createSettings({ runtime, config: { settings: variables }, onError });
  running.push({ runtime, settings });
  return { runtime, settings, cause: runtime.ownCause() };
}

beforeEach(() => {
  log = memoryLog();
  errors = [];
});
afterEach(async () => {
  for (const { runtime, settings } of running.splice(0)) {
    settings.stop();
    await runtime.stop();
  }
});

describe('what is in force', () => {
  test('is the default, then the variable, then what an operator set', async () => {
    const { settings, cause } = await gateway([variable('CACHE_TTL_SECONDS', 60)]);
    expect(settings.values.attempts).toBe(usualValues.attempts);
    expect(settings.viewOf('attempts')?.source).toBe('default');
    expect(settings.values.cacheTtlSeconds).toBe(60);
    expect(settings.viewOf('cache_ttl_seconds')).toMatchObject({
      source: 'environment',
      default: 300,
    });
    await settings.change('cache_ttl_seconds', 10, cause);
    expect(settings.values.cacheTtlSeconds).toBe(10);
    expect(settings.viewOf('cache_ttl_seconds')).toMatchObject({
      value: 10,
      source: 'api',
      variable: 'CACHE_TTL_SECONDS',
      variableValue: 60,
    });
    await settings.reset('cache_ttl_seconds', cause);
    expect(settings.values.cacheTtlSeconds).toBe(60);
  });

  test('changes in one object, in every gateway, and who waits for it is told once', async () => {
    const one = await gateway();
    const other = await gateway();
    const { values } = other.settings;
    const told: number[] = [];
    const unsubscribe = other.settings.onChange('stallMs', (stallMs) => told.push(stallMs));
    await one.settings.change('stall_ms', 5_000, one.cause);
    await until('the other gateway knows', () => values.stallMs === 5_000);
    await one.settings.change('stall_ms', 5_000, one.cause);
    await one.settings.reset('stall_ms', one.cause);
    await until('the other gateway knows', () => values.stallMs === usualValues.stallMs);
    expect(told).toEqual([5_000, usualValues.stallMs]);
    unsubscribe();
    await other.settings.change('stall_ms', 6_000, other.cause);
    expect(told).toHaveLength(2);
  });

  test('is what the log says after a new start', async () => {
    const one = await gateway();
    await one.settings.change('requests_per_minute', 30, one.cause);
    await one.settings.change(
      'webhooks',
      [{ url: 'https://a.example/x', events: ['*'] }],
      one.cause,
    );
    const { settings } = await gateway();
    expect(settings.values.requestsPerMinute).toBe(30);
    expect(settings.values.webhooks).toEqual([{ url: 'https://a.example/x', events: ['*'] }]);
  });

  test('is not what another version set and this one does not take', async () => {
    const { runtime, settings, cause } = await gateway();
    const actors = runtime.of(settingKind);
    const change = (value: unknown) => ({ type: 'ChangeSetting', value, fallback: 7 }) as const;
    await actors.ask(actorId('attempts'), change('many'), cause);
    await actors.ask(actorId('of-tomorrow'), change(1), cause);
    expect(settings.values.attempts).toBe(usualValues.attempts);
    expect(settings.viewOf('attempts')?.source).toBe('default');
    expect(errors[0]).toContain('setting attempts');
  });
});

describe('a change is refused', () => {
  test.each([
    ['attempts', 0],
    ['attempts', 1.5],
    ['attempts', '7'],
    ['attempts', null],
    ['cache_enabled', 'yes'],
    ['requests_per_minute', 0],
    ['webhooks', [{ url: 'ftp://a.example', events: [] }]],
    ['webhooks', [{ url: 'https://user:password@a.example', events: [] }]],
    ['webhooks', [{ url: 'https://a.example', events: [], more: 1 }]],
  ])('when %s cannot be %p', async (name, value) => {
    const { settings, cause } = await gateway();
    const before = settings.viewOf(name);
    expect(settings.change(name, value, cause)).rejects.toMatchObject({ code: 'INVALID' });
    expect(settings.viewOf(name)).toEqual(before!);
  });

  test('of what is not there', async () => {
    const { settings, cause } = await gateway();
    for (const name of ['nothing', 'constructor', 'stallMs']) {
      expect(settings.change(name, 1, cause)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(settings.reset(name, cause)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(settings.viewOf(name)).toBeUndefined();
    }
  });
});
