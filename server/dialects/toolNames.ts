/** Names of tools and ids of calls as a dialect takes them; always the same for the same name or id. */
import { createHash } from 'node:crypto';
import type { NeutralTool } from '../../events/neutralMessage.ts';
import type { Dialect } from '../../events/provider.ts';

const allowedName: Readonly<Record<Dialect, RegExp>> = {
  openai: /^[a-zA-Z0-9_-]{1,64}$/,
  anthropic: /^[a-zA-Z0-9_-]{1,128}$/,
  gemini: /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/,
};

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A changed name ends in a part of its hash: two names never become one. */
export function fittingName(dialect: Dialect, name: string): string {
  if (allowedName[dialect].test(name)) return name;
  const plain = name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 50);
  const begin = /^[a-zA-Z_]/.test(plain) ? plain : `_${plain}`;
  return `${begin}_${hashOf(name).slice(0, 8)}`;
}

/** Gives a call its tool's name as it was offered. */
export function offeredNames(
  dialect: Dialect,
  tools: readonly NeutralTool[] = [],
): (name: string) => string {
  const changed = tools.filter(({ name }) => fittingName(dialect, name) !== name);
  if (changed.length === 0) return (name) => name;
  const offered = new Map(changed.map(({ name }) => [fittingName(dialect, name), name]));
  return (name) => offered.get(name) ?? name;
}

const allowedId: Readonly<Record<Dialect, RegExp>> = {
  openai: /^[\u0021-\u007e]{1,40}$/,
  anthropic: /^[a-zA-Z0-9_-]{1,64}$/,
  gemini: /^[\u0021-\u007e]{1,128}$/,
};
const mistralId = /^[a-zA-Z0-9]{9}$/;
const isMistral = /mistral|mixtral|magistral|codestral|devstral|pixtral/i;

/** How a call's id is written to this model. */
export function fittingIds(dialect: Dialect, model: string): (id: string) => string {
  if (dialect === 'openai' && isMistral.test(model)) {
    return (id) => (mistralId.test(id) ? id : hashOf(id).slice(0, 9));
  }
  const allowed = allowedId[dialect];
  return (id) => (allowed.test(id) ? id : madeId(id, 0));
}

/** For a call that came without an id. @param of what tells its answer from others */
export function madeId(of: string, index: number): string {
  return `call_${hashOf(`${index} ${of}`).slice(0, 24)}`;
}
