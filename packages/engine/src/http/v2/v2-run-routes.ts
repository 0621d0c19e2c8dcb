import type { Hono } from "hono";
import type { AppFunction } from "../../core/app.ts";
import { assembleTrace } from "../../core/trace.ts";
import type { HttpDeps } from "../deps.ts";
import { runNotFound } from "../json-answer.ts";
import { readRunCursor, runCursor } from "../request/cursor.ts";
import { selectFunctions } from "../request/function-filter.ts";
import { cutPage } from "../request/page.ts";
import { addRoute } from "../request/route.ts";
import { v2Item, v2Page, v2Run, v2Span } from "./v2-answers.ts";
import { type RunListQuery, v2Routes } from "./v2-table.ts";

type RunDeps = Pick<HttpDeps, "commands" | "reads" | "nowMs">;

export function addV2RunRoutes(app: Hono, deps: RunDeps): void {
  const { commands, reads, nowMs } = deps;

  addRoute(app, v2Routes.listRuns, ({ query }) => {
    const { appId: appIds = null, functionId: functionIds = null } = query;
    const isFiltered = appIds !== null || functionIds !== null;
    const chosen = isFiltered ? selectFunctions(reads, { appIds, functionIds }) : null;
    return listRuns(deps, query, chosen);
  });

  addRoute(app, v2Routes.getRun, ({ params: { runId }, query }) => {
    const run = reads.findRun(runId, { withOutput: query.includeOutput });
    if (!run) throw runNotFound(runId);
    return v2Item(v2Run(run), nowMs());
  });

  addRoute(app, v2Routes.getRunTrace, ({ params: { runId }, query }) => {
    const parts = reads.findTraceParts(runId, { withPayloads: query.includeOutput });
    if (!parts) throw runNotFound(runId);
    return v2Item({ rootSpan: v2Span(assembleTrace(parts)) }, nowMs());
  });

  addRoute(app, v2Routes.cancelRun, async ({ params: { runId } }) => {
    await commands.cancelRun(runId);
    return v2Item({ runId }, nowMs());
  });

  addRoute(app, v2Routes.rerun, async ({ params, body: { fromStep } }) => {
    const from = fromStep && { ...fromStep, input: fromStep.input ?? undefined };
    const runId = await commands.rerun(params.runId, from ?? undefined);
    return v2Item({ runId }, nowMs());
  });
}

/** `functions` are those to list runs of; null for all. */
export function listRuns(
  { reads, nowMs }: Pick<RunDeps, "reads" | "nowMs">,
  query: RunListQuery,
  functions: readonly AppFunction[] | null,
): object {
  const { limit, timeField, from, until, order, status, cursor, includeOutput } = query;
  if (query.isDeferred) return v2Page([], { limit, cursor: null }, nowMs());
  const runs = reads.loadRuns({
    timeField,
    fromMs: from ?? null,
    untilMs: until ?? null,
    order,
    statuses: status ?? null,
    functionIds: functions?.map(({ id }) => id) ?? null,
    after: readRunCursor(cursor),
    limit: limit + 1,
    withOutput: includeOutput,
  });
  const page = cutPage(runs, limit, (run) => runCursor(run, timeField));
  return v2Page(page.items.map(v2Run), { ...page, limit }, nowMs());
}
