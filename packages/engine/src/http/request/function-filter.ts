import type { App, AppFunction } from "../../core/app.ts";
import { EngineError } from "../../core/errors.ts";
import type { ReadStore } from "../../runtime/read-store.ts";
import { shortFunctionId } from "../v2/v2-answers.ts";

type FunctionReads = Pick<ReadStore, "loadApps" | "loadFunctions">;

export interface FunctionFilter {
  /** Names of apps; null for all. */
  readonly appIds: readonly string[] | null;
  /** Ids with or without the app in front, or the engine's own ids; null for all. */
  readonly functionIds: readonly string[] | null;
}

/** Archived functions are among them: their runs can still be asked for. */
export function selectFunctions(reads: FunctionReads, filter: FunctionFilter): AppFunction[] {
  const { appIds, functionIds } = filter;
  const appNames = new Map(reads.loadApps().map(({ id, name }) => [id, name]));
  return reads.loadFunctions().filter((fn) => {
    const appName = appNames.get(fn.appId) ?? "";
    if (appIds && !appIds.includes(appName)) return false;
    return functionIds === null || functionIds.some((id) => isFunction(fn, id, appName));
  });
}

export function getApp(reads: FunctionReads, appId: string): App {
  const app = reads.loadApps().find(({ name }) => name === appId);
  if (app) return app;
  throw new EngineError("NOT_FOUND", `App not found: ${appId}`);
}

/** What the app has now, in the order of their ids. */
export function loadLiveFunctions(reads: FunctionReads, app: App): AppFunction[] {
  return reads.loadFunctions().filter(({ appId, isArchived }) => appId === app.id && !isArchived);
}

/** A function that the app has now is preferred to an archived one of the same id. */
export function getFunction(reads: FunctionReads, app: App, functionId: string): AppFunction {
  const matching = selectFunctions(reads, { appIds: [app.name], functionIds: [functionId] });
  const fn = matching.find(({ isArchived }) => !isArchived) ?? matching[0];
  if (fn) return fn;
  throw new EngineError("NOT_FOUND", `Function not found: ${functionId} of app ${app.name}`);
}

function isFunction(
  { id, config: { slug } }: AppFunction,
  asked: string,
  appName: string,
): boolean {
  return asked === shortFunctionId(slug, appName) || asked === slug || asked === id;
}
