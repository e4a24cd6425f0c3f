/** The door of the API: the router, its type for clients, and a caller for internal tools that run it in process. */
import { appRouter } from './router.ts';
import { createCallerFactory } from './trpc.ts';

export { appRouter };

type AppRouterType = typeof appRouter;

/** What a client needs to know, as a name instead of a copy: an interface is looked up, a type alias would be written out wherever it is used. */
export interface AppRouter extends AppRouterType {}

/** Calls procedures in process, through the whole chain: `createCaller(context).files.list({…})`. */
export const createCaller = createCallerFactory(appRouter);

export type { Context, Ports, RequestFacts } from './context.ts';
