// What apps say of their runs outside of an answer: protocol notes, section 1.10.

import type { Hono } from "hono";
import { EngineError } from "../../core/errors.ts";
import { readMetadataRequest } from "../../protocol/metadata.ts";
import type { HttpDeps } from "../deps.ts";
import { METADATA_BODY_BYTES_MAX, readJson } from "../request/request-body.ts";

export function addMetadataRoute(app: Hono, { commands }: Pick<HttpDeps, "commands">): void {
  app.post("/v1/runs/:runId/metadata", async (c) => {
    const runId = c.req.param("runId");
    const reading = readMetadataRequest(await readJson(c.req.raw, METADATA_BODY_BYTES_MAX), runId);
    if (!reading.ok) throw new EngineError("INPUT_INVALID", reading.problem);
    const { target, updates } = reading;
    await commands.updateMetadata({ runId, target, updates });
    return c.json({ data: { run_id: runId } });
  });
}
