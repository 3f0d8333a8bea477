/** A model route and a setting, as their facts make them. */
import { omit, type Fold } from './step.ts';

export type ModelRouteSettings = Readonly<{
  strategy: string;
  targets: readonly Readonly<{
    provider: string;
    model: string;
    weight: number;
    context_length?: number;
  }>[];
  context_length?: number;
  price?: Readonly<Record<string, number>>;
  limits?: Readonly<Record<string, number>>;
  resume: boolean;
  record_bodies: boolean;
}>;

export type ModelRouteContext = Readonly<{
  name: string;
  settings: ModelRouteSettings;
  created_at_ms: number;
}>;

export const unknownModelRoute: ModelRouteContext = {
  name: '',
  settings: { strategy: 'fallback', targets: [], resume: false, record_bodies: false },
  created_at_ms: 0,
};

export const foldModelRoute: Fold<ModelRouteContext> = ({ status, context }, type, data) => {
  const isActive = status === 'active';
  switch (type) {
    case 'ModelRouteDefined': {
      if (isActive) return undefined;
      const settings = omit(data, ['name', 'created_at_ms']) as unknown as ModelRouteSettings;
      const name = data['name'] as string;
      const created_at_ms = data['created_at_ms'] as number;
      return { status: 'active', context: { name, settings, created_at_ms } };
    }
    case 'ModelRouteChanged':
      if (!isActive) return undefined;
      return { status, context: { ...context, settings: data as unknown as ModelRouteSettings } };
    case 'ModelRouteRemoved':
      return isActive ? { status: 'removed', context } : undefined;
    default:
      return undefined;
  }
};

export type SettingContext = Readonly<{ value: unknown }>;
export const unknownSetting: SettingContext = { value: null };

export const foldSetting: Fold<SettingContext> = ({ status }, type, data) => {
  switch (type) {
    case 'SettingChanged':
      return { status: 'set', context: { value: data['after'] } };
    case 'SettingReset':
      return status === 'set' ? { status: 'unset', context: { value: null } } : undefined;
    default:
      return undefined;
  }
};
