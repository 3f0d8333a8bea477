/** What a command to a model route leads to: one event, nothing, or a refusal. */
import { isDeepStrictEqual } from 'node:util';
import type { ModelRouteEvent } from '../../events/modelRoute.ts';
import { Refusal } from '../runtime/refusal.ts';
import type { ModelRouteCommand, ModelRouteSettings } from './commands.ts';
import type { ModelRouteState } from './machine.ts';

type Decision = ModelRouteEvent | null;

export function decide(command: ModelRouteCommand, state: ModelRouteState): Decision {
  switch (command.type) {
    case 'DefineModelRoute': {
      if (state.value === 'active') {
        throw new Refusal('ALREADY_EXISTS', 'there is a route for this model name already');
      }
      const { type: _type, ...data } = command;
      mustBeSound(data);
      return { type: 'ModelRouteDefined', data };
    }
    case 'ChangeModelRoute':
      mustBeThere(state);
      mustBeSound(command.settings);
      return isDeepStrictEqual(command.settings, state.context.settings)
        ? null
        : { type: 'ModelRouteChanged', data: command.settings };
    case 'RemoveModelRoute':
      mustBeThere(state);
      return { type: 'ModelRouteRemoved', data: {} };
    default:
      return command satisfies never;
  }
}

function mustBeThere({ value }: ModelRouteState): void {
  if (value === 'unknown') throw new Refusal('NOT_FOUND', 'there is no such model route');
  if (value === 'removed') throw new Refusal('GONE', 'the model route was removed before');
}

/** Two targets that are the same would share one budget and hide it. */
function mustBeSound({ targets }: ModelRouteSettings): void {
  if (targets.length === 0) throw new Refusal('INVALID', 'a model route needs a target');
  const seen = new Set<string>();
  for (const { provider, model } of targets) {
    const name = `${provider}/${model}`;
    if (seen.has(name)) throw new Refusal('INVALID', `the target ${name} is there twice`);
    seen.add(name);
  }
}
