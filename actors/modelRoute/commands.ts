/** What can be asked of a model route. */
import type { ModelRouteEvent } from '../../events/modelRoute.ts';

type Defined = Extract<ModelRouteEvent, { type: 'ModelRouteDefined' }>['data'];

/** All that an operator may change of a route: everything but its name. */
export type ModelRouteSettings = Extract<ModelRouteEvent, { type: 'ModelRouteChanged' }>['data'];

export type DefineModelRoute = Readonly<{ type: 'DefineModelRoute' }> & Defined;

/** The settings as they shall be, whole: an optional one that is missing is taken away. */
export type ChangeModelRoute = Readonly<{ type: 'ChangeModelRoute'; settings: ModelRouteSettings }>;

export type RemoveModelRoute = Readonly<{ type: 'RemoveModelRoute' }>;

export type ModelRouteCommand = DefineModelRoute | ChangeModelRoute | RemoveModelRoute;
