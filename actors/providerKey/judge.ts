/** Says what one attempt means: whose fault it was, how long to wait, whether to ask again. Pure. */
import { delaySources } from './delays.ts';
import type { Evidence, Retry, Verdict } from './evidence.ts';
import { factsOf, type Facts } from './facts.ts';
import { lastRule, rules } from './judgeRules.ts';
import type { OperatorRules } from './operatorRules.ts';
import { redact } from './redact.ts';
import type { Rule } from './rule.ts';

const maxReason = 300;

/** Every id that a verdict can carry; those of operators' rules begin with `operator:` instead. */
export const ruleIds: ReadonlySet<string> = new Set(
  rules.flatMap(({ id }) =>
    id.endsWith('*') ? [...delaySources, 'no-hint'].map((last) => id.replace('*', last)) : [id],
  ),
);

export function judge(evidence: Evidence, operatorRules?: OperatorRules): Verdict {
  const facts = factsOf(evidence);
  const own = judgeByOwnRules(facts);
  return operatorRules?.(facts, own) ?? own;
}

function judgeByOwnRules(facts: Facts): Verdict {
  const rule = rules.find(({ when }) => when(facts)) ?? lastRule;
  const { delay } = facts;
  const mayWait = rule.class !== 'ok' && rule.class !== 'caller' && delay !== null;
  return {
    class: rule.class,
    scope: rule.scope,
    ...(mayWait ? { hintMs: delay.ms } : {}),
    longest: rule.longest ?? 'hour',
    retry: retryOf(rule, facts.evidence),
    ruleId: rule.id.replace('*', delay?.source ?? 'no-hint'),
    reason: rule.class === 'ok' ? '' : reasonOf(facts),
  };
}

function retryOf({ retry, atTheDoor }: Rule, { bytesSent, endpoint }: Evidence): Retry {
  if (bytesSent > 0) return 'none';
  if (retry === 'none' || atTheDoor || endpoint !== 'creation') return retry;
  return 'only-if-not-processed';
}

/** For people. Redacted before it is cut, so that no half of a key is left at the end. */
function reasonOf({ evidence, status, account }: Facts): string {
  const { transport, phase } = evidence;
  const broken = transport === null ? 'no answer' : `${transport} (${phase})`;
  const said = redact(account).replace(/\s+/g, ' ').trim();
  if (status === 0) return broken;
  const about = said === '' ? (transport === null ? 'no explanation' : broken) : said;
  return `${status}: ${about}`.slice(0, maxReason);
}
