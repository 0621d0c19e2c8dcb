import type { Hono } from "hono";
import type { BulkCancellation, RunSelection } from "../../core/bulk-cancellation.ts";
import { EngineError } from "../../core/errors.ts";
import { compileExpression } from "../../core/expression/compile.ts";
import type { ReadStore } from "../../runtime/read-store.ts";
import type { HttpDeps } from "../deps.ts";
import { moment } from "../json-answer.ts";
import { readIdCursor } from "../request/cursor.ts";
import { getApp, selectFunctions } from "../request/function-filter.ts";
import { addRoute } from "../request/route.ts";
import { v1Cancellation, v1Item } from "./v1-answers.ts";
import { type AskedRunSelection, v1Routes } from "./v1-table.ts";

export function addV1CancellationRoutes(
  app: Hono,
  { commands, reads, nowMs }: Pick<HttpDeps, "commands" | "reads" | "nowMs">,
): void {
  addRoute(app, v1Routes.v1CreateCancellation, async ({ body }) => {
    const cancellation = await commands.cancelRuns(readSelection(reads, body));
    return v1Item(v1Cancellation(cancellation), nowMs());
  });

  addRoute(app, v1Routes.v1ListCancellations, ({ query: { cursor, limit } }) => {
    const found = reads.loadCancellations({ after: readIdCursor(cursor), limit });
    return { data: found.map(v1Cancellation), metadata: { fetched_at: moment(nowMs()) } };
  });

  addRoute(app, v1Routes.v1GetCancellation, ({ params }) =>
    v1Item(v1Cancellation(getCancellation(params.cancellationId)), nowMs()),
  );

  addRoute(app, v1Routes.v1DeleteCancellation, async ({ params }) => {
    await commands.removeCancellation(params.cancellationId);
    return null;
  });

  function getCancellation(id: string): BulkCancellation {
    const cancellation = reads.findCancellation(id);
    if (cancellation) return cancellation;
    throw new EngineError("NOT_FOUND", `Cancellation not found: ${id}`);
  }
}

function readSelection(reads: ReadStore, asked: AskedRunSelection): RunSelection {
  const { app_id: appId, function_id: functionId } = asked;
  const startedAfterMs = asked.started_after ?? null;
  const startedBeforeMs = asked.started_before ?? Number.MAX_SAFE_INTEGER;
  if (startedAfterMs !== null && startedAfterMs >= startedBeforeMs) {
    throw new EngineError("INPUT_INVALID", '"started_after" has to be before "started_before".');
  }
  const app = getApp(reads, appId);
  const functionIds = functionId ? [functionId] : null;
  const functions = selectFunctions(reads, { appIds: [app.name], functionIds });
  if (functionIds && functions.length === 0) {
    throw new EngineError("NOT_FOUND", `Function not found: ${functionId} of app ${app.name}`);
  }
  return {
    appName: app.name,
    functionSlug: functionId || null,
    functionIds: functions.map(({ id }) => id),
    startedAfterMs,
    startedBeforeMs,
    expression: readCondition(asked.if),
  };
}

function readCondition(text: string | null | undefined): string | null {
  if (!text) return null;
  const compiled = compileExpression(text);
  if (compiled.ok) return text;
  throw new EngineError("INPUT_INVALID", `"if" is no valid expression: ${compiled.problem}.`);
}
