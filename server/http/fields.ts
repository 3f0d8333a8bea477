/** Fields that several bodies share. */
import { Type } from '@sinclair/typebox';
import { t } from 'elysia';

/** A display name: any text without control characters. */
export const nameField = t.String({
  minLength: 1,
  maxLength: 100,
  pattern: '^[^\\x00-\\x1f\\x7f]+$',
  error: 'expected a text of 1 to 100 characters without control characters',
});

export const secretField = t.String({
  minLength: 1,
  maxLength: 4_096,
  error: 'expected a text of 1 to 4,096 characters',
});

/** Elysia's own integer would take "1" too. */
export const weightField = Type.Integer({
  minimum: 1,
  maximum: 1_000,
  error: 'expected a whole number from 1 to 1,000',
});

export const slugField = t.String({
  maxLength: 60,
  pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
  error: 'expected at most 60 of a-z, 0-9 and -',
});

/** An object that takes no field but these: a misspelt one is told, not swallowed. */
export const strict = { additionalProperties: false } as const;

export const idParams = t.Object({ id: t.String() });
