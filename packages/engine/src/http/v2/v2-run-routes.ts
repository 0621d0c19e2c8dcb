import { Hono } from "hono";
import type { AppFunction } from "../../core/app.ts";
import { EngineError } from "../../core/errors.ts";
import { RUN_STATUSES, type RunQuery } from "../../core/run-list.ts";
import { assembleTrace } from "../../core/trace.ts";
import type { HttpDeps } from "../deps.ts";
import { runNotFound } from "../json-answer.ts";
import { readRunCursor, runCursor } from "../request/cursor.ts";
import { selectFunctions } from "../request/function-filter.ts";
import { cutPage, readLimit } from "../request/page.ts";
import { QueryReader } from "../request/query-reader.ts";
import { COMMAND_BODY_BYTES_MAX, readObject } from "../request/request-body.ts";
import { v2Item, v2Page, v2Run, v2Span } from "./v2-answers.ts";

type RunDeps = Pick<HttpDeps, "commands" | "reads" | "nowMs">;

export function createV2RunRoutes(deps: RunDeps): Hono {
  const { commands, reads, nowMs } = deps;
  const app = new Hono();

  app.get("/", (c) => {
    const query = new QueryReader(c.req.url);
    const appIds = query.texts("appId");
    const functionIds = query.texts("functionId");
    const isFiltered = appIds !== null || functionIds !== null;
    const chosen = isFiltered ? selectFunctions(reads, { appIds, functionIds }) : null;
    return c.json(listRuns(deps, query, chosen));
  });

  app.get("/:runId", (c) => {
    const query = new QueryReader(c.req.url);
    const run = reads.findRun(c.req.param("runId"), { withOutput: query.flag("includeOutput") });
    if (!run) throw runNotFound(c.req.param("runId"));
    return c.json(v2Item(v2Run(run), nowMs()));
  });

  app.get("/:runId/trace", (c) => {
    const withPayloads = new QueryReader(c.req.url).flag("includeOutput");
    const parts = reads.findTraceParts(c.req.param("runId"), { withPayloads });
    if (!parts) throw runNotFound(c.req.param("runId"));
    return c.json(v2Item({ rootSpan: v2Span(assembleTrace(parts)) }, nowMs()));
  });

  app.post("/:runId/cancel", async (c) => {
    const runId = c.req.param("runId");
    await commands.cancelRun(runId);
    return c.json(v2Item({ runId }, nowMs()));
  });

  app.post("/:runId/rerun", async (c) => {
    await refuseFromStep(c.req.raw);
    const runId = await commands.rerun(c.req.param("runId"));
    return c.json(v2Item({ runId }, nowMs()));
  });

  return app;
}

/** `functions` are those to list runs of; null for all. */
export function listRuns(
  { reads, nowMs }: Pick<RunDeps, "reads" | "nowMs">,
  query: QueryReader,
  functions: readonly AppFunction[] | null,
): object {
  const limit = readLimit(query);
  const timeField = query.choice("timeField", ["queuedAt", "startedAt", "endedAt"], "queuedAt");
  const wanted: RunQuery = {
    timeField,
    fromMs: query.momentMs("from"),
    untilMs: query.momentMs("until"),
    order: query.choice("order", ["DESC", "ASC"], "DESC"),
    statuses: query.choices("status", RUN_STATUSES),
    functionIds: functions?.map(({ id }) => id) ?? null,
    after: readRunCursor(query.text("cursor")),
    limit: limit + 1,
    withOutput: query.flag("includeOutput"),
  };
  const page = cutPage(reads.loadRuns(wanted), limit, (run) => runCursor(run, timeField));
  return v2Page(page.items.map(v2Run), { ...page, limit }, nowMs());
}

async function refuseFromStep(request: Request): Promise<void> {
  const { fromStep } = await readObject(request, COMMAND_BODY_BYTES_MAX);
  if (fromStep === undefined || fromStep === null) return;
  throw new EngineError(
    "INPUT_INVALID",
    "The embedded engine reruns a run from its beginning only. Leave out fromStep.",
  );
}
