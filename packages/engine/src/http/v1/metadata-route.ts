// What apps say of their runs outside of an answer: protocol notes, section 1.10.

import type { Hono } from "hono";
import { EngineError } from "../../core/errors.ts";
import { readMetadataRequest } from "../../protocol/metadata.ts";
import type { HttpDeps } from "../deps.ts";
import { METADATA_BODY_BYTES_MAX, readJson } from "../request/request-body.ts";
import { addRoute } from "../request/route.ts";
import { v1Routes } from "./v1-table.ts";

export function addMetadataRoute(app: Hono, { commands }: Pick<HttpDeps, "commands">): void {
  addRoute(app, v1Routes.v1UpdateMetadata, async ({ params: { runId }, request }) => {
    const reading = readMetadataRequest(await readJson(request, METADATA_BODY_BYTES_MAX), runId);
    if (!reading.ok) throw new EngineError("INPUT_INVALID", reading.problem);
    const { target, updates } = reading;
    await commands.updateMetadata({ runId, target, updates });
    return { data: { run_id: runId } };
  });
}
