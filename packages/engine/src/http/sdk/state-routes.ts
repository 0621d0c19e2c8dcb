// What the SDK fetches when a call could not carry a run's state (`use_api`), and v0's cancel. Protocol
// notes, sections 1.3 and 1.10.

import { Hono } from "hono";
import type { HttpDeps } from "../deps.ts";
import { jsonText, runNotFound } from "../json-answer.ts";

export function createStateRoutes({ commands, reads }: Pick<HttpDeps, "commands" | "reads">): Hono {
  const app = new Hono();

  app.get("/:runId/actions", (c) => {
    const runId = c.req.param("runId");
    const json = reads.findStepsJson(runId);
    if (json === null) throw runNotFound(runId);
    return jsonText(json);
  });

  app.get("/:runId/batch", (c) => {
    const runId = c.req.param("runId");
    const json = reads.findBatchJson(runId);
    if (json === null) throw runNotFound(runId);
    return jsonText(json);
  });

  app.delete("/:runId", async (c) => {
    await commands.cancelRun(c.req.param("runId"));
    return c.body(null, 204);
  });

  return app;
}
