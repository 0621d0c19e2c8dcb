import type { Hono } from "hono";
import type { App } from "../../core/app.ts";
import type { HttpDeps } from "../deps.ts";
import { getApp, getFunction, loadLiveFunctions } from "../request/function-filter.ts";
import { pageOf } from "../request/page.ts";
import { addRoute } from "../request/route.ts";
import { v2App, v2Function, v2Item, v2Page, v2Sync } from "./v2-answers.ts";
import { listRuns } from "./v2-run-routes.ts";
import { v2Routes } from "./v2-table.ts";

type AppDeps = Pick<HttpDeps, "commands" | "reads" | "nowMs">;

const RUNS_OF_PAUSED = { HOLD: "hold", CONTINUE: "continue", CANCEL: "cancel" } as const;

export function addV2AppRoutes(app: Hono, deps: AppDeps): void {
  const { commands, reads, nowMs } = deps;
  const viewApp = (one: App) => v2App(one, loadLiveFunctions(reads, one).length);

  addRoute(app, v2Routes.listApps, ({ query }) => {
    const page = pageOf(reads.loadApps(), query);
    return v2Page(page.items.map(viewApp), page, nowMs());
  });

  addRoute(app, v2Routes.getApp, ({ params }) =>
    v2Item(viewApp(getApp(reads, params.app)), nowMs()),
  );

  addRoute(app, v2Routes.listSyncs, ({ params, query }) => {
    const { id, name } = getApp(reads, params.app);
    const page = pageOf(reads.loadSyncs(id), query);
    const items = page.items.map((sync) => v2Sync(sync, name));
    return v2Page(items, page, nowMs());
  });

  addRoute(app, v2Routes.syncApp, async ({ params, body: { url } }) => {
    const { isModified } = await commands.syncApp(url, params.app);
    return v2Item({ app: { id: params.app }, url, isModified }, nowMs());
  });
}

export function addV2FunctionRoutes(app: Hono, deps: AppDeps): void {
  const { commands, reads, nowMs } = deps;

  addRoute(app, v2Routes.listFunctions, ({ params, query }) => {
    const owner = getApp(reads, params.app);
    const page = pageOf(loadLiveFunctions(reads, owner), query);
    const items = page.items.map((fn) => v2Function(fn, owner.name, nowMs()));
    return v2Page(items, page, nowMs());
  });

  const viewFunction = (asked: { readonly app: string; readonly function: string }): object => {
    const owner = getApp(reads, asked.app);
    const fn = getFunction(reads, owner, asked.function);
    return v2Item(v2Function(fn, owner.name, nowMs()), nowMs());
  };

  addRoute(app, v2Routes.getFunction, ({ params }) => viewFunction(params));

  addRoute(app, v2Routes.listFunctionRuns, ({ params, query }) => {
    const fn = getFunction(reads, getApp(reads, params.app), params.function);
    return listRuns(deps, query, [fn]);
  });

  addRoute(app, v2Routes.pauseFunction, async ({ params, body }) => {
    const { id } = getFunction(reads, getApp(reads, params.app), params.function);
    await commands.pauseFunction(id, RUNS_OF_PAUSED[body.runs]);
    return viewFunction(params);
  });

  addRoute(app, v2Routes.resumeFunction, async ({ params }) => {
    const { id } = getFunction(reads, getApp(reads, params.app), params.function);
    await commands.resumeFunction(id);
    return viewFunction(params);
  });

  addRoute(app, v2Routes.invokeFunction, async ({ params, body }) => {
    const fn = getFunction(reads, getApp(reads, params.app), params.function);
    const runId = await commands.invoke({ slug: fn.config.slug, ...body });
    return v2Item({ runId }, nowMs());
  });
}
