import type { Hono } from "hono";
import { otlpRequest } from "../../protocol/otlp/otlp-request.ts";
import { loadSpans } from "../../runtime/trace-export/export-batch.ts";
import type { HttpDeps } from "../deps.ts";
import { runNotFound } from "../json-answer.ts";
import { QueryReader } from "../request/query-reader.ts";

/** A run's trace as any tool of OpenTelemetry reads it; ours, beside Inngest's own `…/trace`. */
export function addOtlpRoute(app: Hono, { reads, version }: Pick<HttpDeps, "reads" | "version">) {
  app.get("/api/v2/runs/:runId/trace/otlp", (c) => {
    const runId = c.req.param("runId");
    if (!reads.findRun(runId, { withOutput: false })) throw runNotFound(runId);
    const spans = loadSpans(reads, runId, new QueryReader(c.req.url).flag("includeOutput"));
    return c.json(otlpRequest(spans, { serviceName: "system-bus", attributes: {}, version }));
  });
}
