/** The judge with the operators' rules as they are at this moment. */
import type { Evidence, Verdict } from '../../actors/providerKey/evidence.ts';
import { judge } from '../../actors/providerKey/judge.ts';
import { compileOperatorRules } from '../../actors/providerKey/operatorRules.ts';
import type { Settings } from '../settings/settings.ts';

export type Judge = (evidence: Evidence) => Verdict;

export function createJudge(settings: Pick<Settings, 'values' | 'onChange'>): Judge {
  let rules = compileOperatorRules(settings.values.judgeRules);
  settings.onChange('judgeRules', (changed) => {
    rules = compileOperatorRules(changed);
  });
  return (evidence) => judge(evidence, rules);
}
