/** What becomes of a setting, state by state. */
import { describe, test } from 'bun:test';
import { settingKind } from '../../actors/setting/setting.ts';
import type { SettingEvent } from '../../events/setting.ts';
import { scenariosOf } from '../support/givenWhenThen.ts';

const { given } = scenariosOf(settingKind);

const changed = (before: unknown, after: unknown): SettingEvent => ({
  type: 'SettingChanged',
  data: { before, after },
});
const reset = (before: unknown, after: unknown): SettingEvent => ({
  type: 'SettingReset',
  data: { before, after },
});

describe('a setting', () => {
  test('is changed from what was in force', () => {
    given().when({ type: 'ChangeSetting', value: 3, fallback: 7 }).thenHappened(changed(7, 3));
    given(changed(7, 3))
      .when({ type: 'ChangeSetting', value: null, fallback: 7 })
      .thenHappened(changed(3, null));
    given(changed(7, null))
      .when({ type: 'ChangeSetting', value: [{ url: 'https://a.example' }], fallback: 7 })
      .thenHappened(changed(null, [{ url: 'https://a.example' }]));
  });
  test('may be set to what it is by default, which holds when the default changes', () => {
    given().when({ type: 'ChangeSetting', value: 7, fallback: 7 }).thenHappened(changed(7, 7));
  });
  test('is not changed to what an operator gave it before', () => {
    given(changed([], [{ url: 'https://a.example' }]))
      .when({ type: 'ChangeSetting', value: [{ url: 'https://a.example' }], fallback: [] })
      .thenNothingHappened();
  });
  test('goes back to what else is in force, once', () => {
    given(changed(7, 3)).when({ type: 'ResetSetting', fallback: 5 }).thenHappened(reset(3, 5));
    given().when({ type: 'ResetSetting', fallback: 5 }).thenNothingHappened();
    given(changed(7, 3), reset(3, 5))
      .when({ type: 'ResetSetting', fallback: 5 })
      .thenNothingHappened();
  });
  test('is changed again after it went back', () => {
    given(changed(7, 3), reset(3, 5))
      .when({ type: 'ChangeSetting', value: 3, fallback: 5 })
      .thenHappened(changed(5, 3));
  });
});
