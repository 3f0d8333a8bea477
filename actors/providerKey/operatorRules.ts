/** Rules of operators: what an answer with this status and these words means here, before the judge's own rules. */
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { t, type Static } from '../../events/schema.ts';
import { Refusal } from '../runtime/refusal.ts';
import type { Longest } from './commands.ts';
import type { Evidence, Retry, Verdict } from './evidence.ts';
import type { Facts } from './facts.ts';

export const mostOperatorRules = 100;
const longestRestSeconds = 86_400;
const hourSeconds = 3_600;

/** As operators write it: the names of the fields are the ones outside. */
export const operatorRuleSchema = t.Object(
  {
    id: t.String({ pattern: '^[a-z0-9]+(?:-[a-z0-9]+)*$', maxLength: 60 }),
    /** Of this provider only. */
    provider: t.Optional(t.String({ minLength: 1, maxLength: 100 })),
    status: t.Optional(
      t.Union([t.Integer({ minimum: 300, maximum: 599 }), t.Literal('4xx'), t.Literal('5xx')]),
    ),
    /** A part of the body or of the message in it, in whatever case. */
    text: t.Optional(t.String({ minLength: 1, maxLength: 500 })),
    effect: t.Union([
      t.Literal('ignore'),
      t.Literal('rest_key'),
      t.Literal('rest_model'),
      t.Literal('disable_key'),
      t.Literal('rest_provider'),
      t.Literal('caller_fault'),
      t.Literal('retry'),
    ]),
    rest_seconds: t.Optional(t.Integer({ minimum: 1, maximum: longestRestSeconds })),
  },
  { additionalProperties: false },
);

export type OperatorRule = Static<typeof operatorRuleSchema>;

/** The verdict of the first rule that fits, or undefined where none does; `own` is what is thought of it without them. */
export type OperatorRules = (facts: Facts, own: Verdict) => Verdict | undefined;

const expected: Readonly<Record<string, string>> = {
  id: 'must be lower-case words of a-z and 0-9 joined by "-", at most 60 characters',
  provider: 'must be the id of a provider',
  status: 'must be a number from 300 to 599, "4xx" or "5xx"',
  text: 'must be 1 to 500 characters',
  effect:
    'must be "ignore", "rest_key", "rest_model", "disable_key", "rest_provider", "caller_fault" or "retry"',
  rest_seconds: `must be a whole number from 1 to ${longestRestSeconds}`,
};

const schema = TypeCompiler.Compile(operatorRuleSchema);

function faultOf(rule: unknown): string | undefined {
  const fault = schema.Errors(rule).First();
  if (fault) {
    const name = fault.path.split('/')[1] ?? '';
    if (name === '') return 'is no object';
    // What stands in an unknown field, and its name, may have been pasted there by mistake.
    return Object.hasOwn(expected, name) ? `${name} ${expected[name]}` : 'has an unknown field';
  }
  if (!schema.Check(rule)) return 'is no rule';
  if (rule.status === undefined && rule.text === undefined) return 'needs a status or a text';
  const { effect, rest_seconds: restSeconds = 0 } = rule;
  if (restSeconds > 0 && !effect.startsWith('rest_')) {
    return `rest_seconds goes with "rest_key", "rest_model" and "rest_provider", not with "${effect}"`;
  }
  return effect === 'rest_provider' && restSeconds > hourSeconds
    ? `a provider rests at most ${hourSeconds} seconds`
    : undefined;
}

/** Which rule is wrong and why, in words; undefined when all are right. */
export function problemInRules(value: unknown): string | undefined {
  if (!Array.isArray(value)) return 'must be a list of rules';
  if (value.length > mostOperatorRules) {
    return `has ${value.length} rules; at most ${mostOperatorRules} are taken`;
  }
  const ids = new Set<string>();
  for (const [index, rule] of value.entries()) {
    const fault = faultOf(rule);
    const id = schema.Check(rule) ? rule.id : undefined;
    const which = `rule ${index + 1}${id === undefined ? '' : ` (${id})`}`;
    if (fault !== undefined) return `${which}: ${fault}`;
    if (id !== undefined && ids.has(id)) return `${which}: an earlier rule has this id already`;
    ids.add(id ?? '');
  }
  return undefined;
}

type Effect = Readonly<Pick<Verdict, 'class' | 'scope' | 'retry' | 'isCertain'>>;

const effects: Readonly<Record<OperatorRule['effect'], Effect | null>> = {
  /** Held against nobody; another key is asked where the judge would ask one. */
  ignore: null,
  rest_key: { class: 'quota', scope: 'key', retry: 'other-key' },
  rest_model: { class: 'model', scope: 'model', retry: 'other-key' },
  disable_key: { class: 'credential', scope: 'key', retry: 'other-key', isCertain: true },
  rest_provider: { class: 'rate_limit', scope: 'provider', retry: 'other-key' },
  caller_fault: { class: 'caller', scope: 'caller', retry: 'none' },
  retry: { class: 'transient', scope: 'provider', retry: 'same-provider' },
};

/** What creates something is sent again only where the judge would, whatever the rule says. */
function retryOf(wanted: Retry, own: Verdict, { endpoint, bytesSent }: Evidence): Retry {
  if (bytesSent > 0) return 'none';
  const isAllowed = wanted === 'none' || endpoint !== 'creation' || own.retry === 'other-key';
  return isAllowed ? wanted : 'only-if-not-processed';
}

function verdictOf(rule: OperatorRule, { evidence, delay }: Facts, own: Verdict): Verdict {
  const ruleId = `operator:${rule.id}`;
  const effect = effects[rule.effect];
  const { hintMs: _hintMs, isCertain: _isCertain, ...unhinted } = own;
  if (!effect) {
    const retry = own.retry === 'other-key' ? own.retry : 'none';
    return { ...unhinted, scope: 'caller', retry, ruleId };
  }
  const { rest_seconds: restSeconds } = rule;
  const hintMs = restSeconds === undefined ? delay?.ms : restSeconds * 1_000;
  const isRest = rule.effect.startsWith('rest_');
  const longest: Longest = (restSeconds ?? 0) > hourSeconds ? 'day' : 'hour';
  return {
    ...unhinted,
    ...effect,
    ...(isRest && hintMs !== undefined ? { hintMs } : {}),
    longest,
    retry: retryOf(effect.retry, own, evidence),
    ruleId,
  };
}

const isStatus = (status: OperatorRule['status'], actual: number): boolean =>
  status === undefined ||
  (typeof status === 'number' ? status === actual : status[0] === String(actual)[0]);

/** Reads them once. @throws {Refusal} INVALID, which says which rule is wrong and why. */
export function compileOperatorRules(rules: unknown): OperatorRules {
  const problem = problemInRules(rules);
  if (problem !== undefined) throw new Refusal('INVALID', problem);
  const compiled = (rules as readonly OperatorRule[]).map((rule) => ({
    rule,
    text: rule.text?.toLowerCase(),
  }));
  return (facts, own) => {
    const { evidence, status, isOk, account } = facts;
    // Rules are about what a vendor said; nobody said anything where the connection broke.
    if (compiled.length === 0 || isOk || status < 300 || evidence.transport !== null) return;
    let words: readonly string[] | undefined;
    const says = (text: string) => {
      words ??= [account.toLowerCase(), evidence.body.toLowerCase()];
      return words.some((part) => part.includes(text));
    };
    const fits = compiled.find(
      ({ rule, text }) =>
        isStatus(rule.status, status) &&
        (rule.provider === undefined || rule.provider === evidence.provider) &&
        (text === undefined || says(text)),
    );
    return fits && verdictOf(fits.rule, facts, own);
  };
}
