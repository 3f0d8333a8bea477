/** What becomes of a backend of the MCP pool, state by state. */
import { describe, expect, test } from 'bun:test';
import { mcpBackendKind } from '../../actors/mcpBackend/mcpBackend.ts';
import type { McpBackendEvent } from '../../events/mcpBackend.ts';
import { scenariosOf } from '../support/givenWhenThen.ts';

const { given } = scenariosOf(mcpBackendKind);

const settings = {
  backend: 'primary',
  gateway: 'aa-1',
  url: 'http://10.0.0.5:8000/',
  weight: 3,
  healthPath: '/health',
  timeoutMs: 30_000,
  source: 'environment',
} as const;
const declared = (cause: 'added' | 'changed' | 'returned' | 'restarted'): McpBackendEvent => ({
  type: 'McpBackendDeclared',
  data: { ...settings, cause },
});
const added = declared('added');
const listed: McpBackendEvent = { type: 'McpBackendServersListed', data: { servers: ['files'] } };
const healthy: McpBackendEvent = {
  type: 'McpBackendHealthy',
  data: { successes: 1, checkedAtMs: 2_000 },
};
const bad = { reason: '/health answered with HTTP 500', failures: 3, checkedAtMs: 3_000 };
const unhealthy: McpBackendEvent = { type: 'McpBackendUnhealthy', data: bad };
const draining: McpBackendEvent = {
  type: 'McpBackendDraining',
  data: { sessions: 2, drainingAtMs: 4_000 },
};
const declare = { type: 'DeclareMcpBackend', settings, isRestart: false } as const;

describe('a backend', () => {
  test('that is named for the first time is untested, and may be used', () => {
    const state = given().when(declare).thenHappened(added);
    expect(state.value).toBe('untested');
  });

  test('that is named as before is no news, a restart of a healthy one included', () => {
    given(added, healthy).when(declare).thenNothingHappened();
    given(added, healthy)
      .when({ ...declare, isRestart: true })
      .thenNothingHappened();
  });

  test('that was out of use is tested anew after a restart of the gateway', () => {
    const state = given(added, unhealthy)
      .when({ ...declare, isRestart: true })
      .thenHappened(declared('restarted'));
    expect(state.value).toBe('untested');
    expect(state.context.reason).toBeNull();
  });

  test('is tested anew when its terms change, and keeps its servers at the same address only', () => {
    const heavier = { ...settings, weight: 5 };
    const same = given(added, listed, healthy)
      .when({ ...declare, settings: heavier })
      .thenHappened({ type: 'McpBackendDeclared', data: { ...heavier, cause: 'changed' } });
    expect(same.context.servers).toEqual(['files']);
    const moved = { ...settings, url: 'http://10.0.0.6:8000/' };
    const other = given(added, listed, healthy)
      .when({ ...declare, settings: moved })
      .thenHappened({ type: 'McpBackendDeclared', data: { ...moved, cause: 'changed' } });
    expect(other.context.servers).toBeNull();
  });

  test('goes out of use with its reason, once, and comes back', () => {
    const state = given(added, healthy)
      .when({ type: 'ReportBackendUnhealthy', ...bad })
      .thenHappened(unhealthy);
    expect(state.context.reason).toBe(bad.reason);
    given(added, unhealthy)
      .when({ type: 'ReportBackendUnhealthy', ...bad })
      .thenNothingHappened();
    const back = given(added, unhealthy)
      .when({ type: 'ReportBackendHealthy', successes: 2, checkedAtMs: 5_000 })
      .thenHappened({ type: 'McpBackendHealthy', data: { successes: 2, checkedAtMs: 5_000 } });
    expect(back.value).toBe('healthy');
    expect(back.context.reason).toBeNull();
  });

  test('names its servers in order, and only when they are others', () => {
    given(added)
      .when({ type: 'ListBackendServers', servers: ['web', 'files', 'web'] })
      .thenHappened({ type: 'McpBackendServersListed', data: { servers: ['files', 'web'] } });
    given(added, listed)
      .when({ type: 'ListBackendServers', servers: ['files'] })
      .thenNothingHappened();
  });

  test('that is not named any more drains, then is gone, and no check brings it back', () => {
    given(added, healthy)
      .when({ type: 'DrainMcpBackend', sessions: 2, nowMs: 4_000 })
      .thenHappened(draining);
    given(added, draining)
      .when({ type: 'ReportBackendHealthy', successes: 1, checkedAtMs: 5_000 })
      .thenNothingHappened();
    const ended = { cause: 'deadline', sessionsEnded: 2 } as const;
    const state = given(added, draining)
      .when({ type: 'EndMcpBackend', ...ended })
      .thenHappened({ type: 'McpBackendDrained', data: ended });
    expect(state.value).toBe('gone');
    given(added, healthy)
      .when({ type: 'EndMcpBackend', ...ended })
      .thenNothingHappened();
  });

  test('that drains is in use again when it is named again', () => {
    const state = given(added, listed, draining).when(declare).thenHappened(declared('returned'));
    expect(state.value).toBe('untested');
    expect(state.context.servers).toEqual(['files']);
  });
});
