/** What becomes of a connection to an MCP server, state by state. */
import { describe, expect, test } from 'bun:test';
import { waitMs } from '../../actors/mcpConnection/backoff.ts';
import { mcpConnectionKind } from '../../actors/mcpConnection/mcpConnection.ts';
import type { McpConnectionEvent } from '../../events/mcpConnection.ts';
import { scenariosOf } from '../support/givenWhenThen.ts';

const { given } = scenariosOf(mcpConnectionKind);

const line = { server: 'files', gateway: 'aa-1', transport: 'stdio', command: 'files' } as const;
const dialled = (cause: 'enabled' | 'retry' = 'enabled'): McpConnectionEvent => ({
  type: 'McpConnectionDialled',
  data: { ...line, cause, dialledAtMs: 1_000 },
});
const ready: McpConnectionEvent = {
  type: 'McpConnectionReady',
  data: { era: 'legacy', protocolVersion: '2025-11-25', readyAtMs: 2_000 },
};
const failed = (failures: number, retryAtMs: number | null): McpConnectionEvent => ({
  type: 'McpConnectionFailed',
  data: { reason: 'no answer', failures, retryAtMs },
});
const closed: McpConnectionEvent = { type: 'McpConnectionClosed', data: { cause: 'disabled' } };
const failure = { reason: 'no answer', isFinal: false, nowMs: 5_000, jitter: 0 } as const;

describe('a connection', () => {
  test('is dialled, and its line is owed to its own gateway alone', () => {
    const state = given()
      .when({ type: 'DialMcpServer', cause: 'enabled', line, nowMs: 1_000 })
      .thenHappened(dialled());
    expect(mcpConnectionKind.owed?.(state, 'aa-1')).toEqual([{ type: 'OpenMcpLine', dial: 1 }]);
    expect(mcpConnectionKind.owed?.(state, 'bb-1')).toEqual([]);
  });

  test('becomes ready by the dial that is under way, not by one that is over', () => {
    const report = { type: 'ReportReady', era: 'legacy', protocolVersion: '2025-11-25' } as const;
    const state = given(dialled())
      .when({ ...report, dial: 1, nowMs: 2_000 })
      .thenHappened(ready);
    expect(state.value).toBe('ready');
    given(dialled(), dialled())
      .when({ ...report, dial: 1, nowMs: 2_000 })
      .thenNothingHappened();
    given(dialled(), closed)
      .when({ ...report, dial: 1, nowMs: 2_000 })
      .thenNothingHappened();
  });

  test('that fails is tried again later, with the time in its state', () => {
    const state = given(dialled())
      .when({ type: 'ReportFailure', dial: 1, ...failure })
      .thenHappened(failed(1, 6_000));
    expect(state.value).toBe('backoff');
    expect(mcpConnectionKind.wakeAtMs?.(state, 'aa-1')).toBe(6_000);
    expect(mcpConnectionKind.wakeAtMs?.(state, 'bb-1')).toBeUndefined();
    given(dialled(), failed(1, 6_000))
      .when({ type: 'WakeMcpConnection', nowMs: 5_999 })
      .thenNothingHappened();
    given(dialled(), failed(1, 1_000))
      .when({ type: 'WakeMcpConnection', nowMs: 1_000 })
      .thenHappened(dialled('retry'));
  });

  test('that failed ten times in a row, or for good, is not tried again by itself', () => {
    const facts = Array.from({ length: 9 }, (_, index) => [
      dialled(index === 0 ? 'enabled' : 'retry'),
      failed(index + 1, 6_000),
    ]).flat();
    const state = given(...facts, dialled('retry'))
      .when({ type: 'ReportFailure', dial: 10, ...failure })
      .thenHappened(failed(10, null));
    expect(state.value).toBe('failed');
    given(dialled())
      .when({ type: 'ReportFailure', dial: 1, ...failure, isFinal: true })
      .thenHappened(failed(1, null));
  });

  test('that is lost soon after each start waits longer each time, and from anew after a calm minute', () => {
    const lost = (failures: number, retryAtMs: number) =>
      ({ type: 'McpConnectionLost', data: { reason: 'no answer', failures, retryAtMs } }) as const;
    const before = [dialled(), ready, lost(1, 6_000), dialled('retry'), ready] as const;
    given(...before)
      .when({ type: 'ReportFailure', dial: 2, ...failure })
      .thenHappened(lost(2, failure.nowMs + 2_000));
    const calmMs = 62_000;
    given(...before)
      .when({ type: 'ReportFailure', dial: 2, ...failure, nowMs: calmMs })
      .thenHappened(lost(1, calmMs + 1_000));
  });

  test('that is refused a credential while it is ready waits for one', () => {
    const state = given(dialled(), ready)
      .when({ type: 'ReportNeedsAuth', dial: 1, reason: 'HTTP 401' })
      .thenHappened({ type: 'McpConnectionNeedsAuth', data: { reason: 'HTTP 401' } });
    expect(state.value).toBe('needsAuth');
  });

  test('that is lost for the first time waits a second, whatever failed before', () => {
    const state = given(dialled(), failed(1, 1_000), dialled('retry'), ready)
      .when({ type: 'ReportFailure', dial: 2, ...failure })
      .thenHappened({
        type: 'McpConnectionLost',
        data: { reason: 'no answer', failures: 1, retryAtMs: 6_000 },
      });
    expect(mcpConnectionKind.owed?.(state, 'aa-1')).toEqual([{ type: 'CloseMcpLine', dial: 2 }]);
  });

  test('that wants a credential waits for one', () => {
    const state = given(dialled())
      .when({ type: 'ReportNeedsAuth', dial: 1, reason: 'HTTP 401' })
      .thenHappened({ type: 'McpConnectionNeedsAuth', data: { reason: 'HTTP 401' } });
    expect(state.value).toBe('needsAuth');
  });

  test('is closed once', () => {
    given(dialled(), ready).when({ type: 'HangUp', cause: 'disabled' }).thenHappened(closed);
    given(dialled(), closed).when({ type: 'HangUp', cause: 'disabled' }).thenNothingHappened();
  });
});

test('Waits double from one second to thirty, and chance takes up to a fifth', () => {
  expect([1, 2, 3, 4, 5, 6, 9].map((failures) => waitMs(failures, 0))).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
  ]);
  expect(waitMs(6, 1)).toBe(24_000);
});
