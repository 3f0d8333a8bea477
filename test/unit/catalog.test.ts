/** The catalog: how events of yesterday are read today, and what is not read at all. */
import { describe, expect, test } from 'bun:test';
import { buildCatalog, controlCatalog, trafficCatalog } from '../../events/catalog.ts';
import { t } from '../../events/schema.ts';

const schemas = {
  LightSet: t.Object({ aspect: t.String(), atMs: t.Integer() }),
  LightDimmed: t.Object({}),
};

/** Version 1 had a color, 2 an aspect, 3 has the time as well. */
const catalog = buildCatalog(schemas, {
  LightSet: [
    (data) => ({ aspect: (data as { color: string }).color }),
    (data) => ({ ...(data as { aspect: string }), atMs: 0 }),
  ],
});

describe('An event of an earlier version', () => {
  test('goes through every upcast from its own version on', () => {
    expect(catalog.versionOf('LightSet')).toBe(3);
    expect(catalog.read('LightSet', 1, { color: 'red' })).toEqual({
      data: { aspect: 'red', atMs: 0 },
    });
    expect(catalog.read('LightSet', 2, { aspect: 'green' })).toEqual({
      data: { aspect: 'green', atMs: 0 },
    });
  });

  test('is checked against the schema of today', () => {
    expect(catalog.read('LightSet', 1, { color: 7 })).toEqual({
      reason: expect.stringContaining('/aspect'),
    });
  });

  test('is left as it was: an upcast makes new data', () => {
    const data = { color: 'red' };
    catalog.read('LightSet', 1, data);
    expect(data).toEqual({ color: 'red' });
  });
});

describe('An event of today', () => {
  test('is given as it stands', () => {
    const data = { aspect: 'red', atMs: 5 };
    expect(catalog.read('LightSet', 3, data)).toEqual({ data });
    expect(catalog.read('LightDimmed', 1, {})).toEqual({ data: {} });
  });

  test('may carry a field that is not known yet', () => {
    const data = { aspect: 'red', atMs: 5, brightness: 1 };
    expect(catalog.read('LightSet', 3, data)).toEqual({ data });
  });

  test('with wrong data cannot be read, and the reason says where', () => {
    const reasons = [{ aspect: 'red' }, { aspect: 1, atMs: 5 }, 'red', null, undefined].map(
      (data) => catalog.read('LightSet', 3, data),
    );
    expect(reasons).toEqual([
      { reason: expect.stringContaining('/atMs') },
      { reason: expect.stringContaining('/aspect') },
      { reason: expect.stringContaining('at /') },
      { reason: expect.stringContaining('at /') },
      { reason: expect.stringContaining('at /') },
    ]);
  });
});

describe('An event from a newer Signalbox', () => {
  test('of a version that is not known cannot be read', () => {
    expect(catalog.read('LightSet', 4, { aspect: 'red', atMs: 5 })).toEqual({
      reason: 'it has version 4, this Signalbox knows 3',
    });
  });

  test('of a type that is not known cannot be read', () => {
    expect(catalog.knows('LightBroken')).toBe(false);
    expect(catalog.versionOf('LightBroken')).toBe(1);
    expect(catalog.read('LightBroken', 1, {})).toEqual({
      reason: expect.stringContaining('unknown'),
    });
  });
});

describe('The catalogs of Signalbox', () => {
  test('know transitions and traffic apart', () => {
    expect(controlCatalog.knows('ProviderKeyRested')).toBe(true);
    expect(controlCatalog.knows('RequestFinished')).toBe(false);
    expect(trafficCatalog.knows('RequestFinished')).toBe(true);
    expect(trafficCatalog.knows('ProviderKeyRested')).toBe(false);
  });
});
