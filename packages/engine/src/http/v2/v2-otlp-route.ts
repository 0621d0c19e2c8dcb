import type { Hono } from "hono";
import { otlpRequest } from "../../protocol/otlp/otlp-request.ts";
import { loadSpans } from "../../runtime/trace-export/export-batch.ts";
import type { HttpDeps } from "../deps.ts";
import { runNotFound } from "../json-answer.ts";
import { addRoute } from "../request/route.ts";
import { v2Routes } from "./v2-table.ts";

/** A run's trace as any tool of OpenTelemetry reads it; ours, beside Inngest's own `…/trace`. */
export function addOtlpRoute(app: Hono, { reads, version }: Pick<HttpDeps, "reads" | "version">) {
  addRoute(app, v2Routes.getRunTraceOtlp, ({ params: { runId }, query: { includeOutput } }) => {
    if (!reads.findRun(runId, { withOutput: false })) throw runNotFound(runId);
    const spans = loadSpans(reads, runId, includeOutput);
    return otlpRequest(spans, { serviceName: "system-bus", attributes: {}, version });
  });
}
