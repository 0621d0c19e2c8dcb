import { Hono } from "hono";
import type { HttpDeps } from "../deps.ts";
import { getApp, getFunction, loadLiveFunctions } from "../request/function-filter.ts";
import { pageOf } from "../request/page.ts";
import { QueryReader } from "../request/query-reader.ts";
import { COMMAND_BODY_BYTES_MAX, readObject } from "../request/request-body.ts";
import { readInvocation } from "../sdk/invocation.ts";
import { v2App, v2Function, v2Item, v2Page } from "./v2-answers.ts";
import { listRuns } from "./v2-run-routes.ts";

type AppDeps = Pick<HttpDeps, "commands" | "reads" | "nowMs">;

export function createV2AppRoutes(deps: AppDeps): Hono {
  const { reads, nowMs } = deps;
  const app = new Hono();

  app.get("/", (c) => {
    const page = pageOf(reads.loadApps(), new QueryReader(c.req.url));
    const items = page.items.map((one) => v2App(one, loadLiveFunctions(reads, one).length));
    return c.json(v2Page(items, page, nowMs()));
  });

  app.get("/:app", (c) => {
    const found = getApp(reads, c.req.param("app"));
    return c.json(v2Item(v2App(found, loadLiveFunctions(reads, found).length), nowMs()));
  });

  app.get("/:app/functions", (c) => {
    const found = getApp(reads, c.req.param("app"));
    const page = pageOf(loadLiveFunctions(reads, found), new QueryReader(c.req.url));
    const items = page.items.map((fn) => v2Function(fn, found.name));
    return c.json(v2Page(items, page, nowMs()));
  });

  addFunctionRoutes(app, deps);
  return app;
}

function addFunctionRoutes(app: Hono, deps: AppDeps): void {
  const { commands, reads, nowMs } = deps;
  const path = "/:app/functions/:function";

  app.get(path, (c) => {
    const owner = getApp(reads, c.req.param("app"));
    const fn = getFunction(reads, owner, c.req.param("function"));
    return c.json(v2Item(v2Function(fn, owner.name), nowMs()));
  });

  app.get(`${path}/runs`, (c) => {
    const fn = getFunction(reads, getApp(reads, c.req.param("app")), c.req.param("function"));
    return c.json(listRuns(deps, new QueryReader(c.req.url), [fn]));
  });

  app.post(`${path}/invoke`, async (c) => {
    const fn = getFunction(reads, getApp(reads, c.req.param("app")), c.req.param("function"));
    const invocation = readInvocation(await readObject(c.req.raw, COMMAND_BODY_BYTES_MAX));
    const runId = await commands.invoke({ slug: fn.config.slug, ...invocation });
    return c.json(v2Item({ runId }, nowMs()));
  });
}
