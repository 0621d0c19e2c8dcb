// Extended traces: the spans that an app's OpenTelemetry made within its steps, sent by the SDK.

import type { Context, Hono } from "hono";
import { EngineError } from "../../core/errors.ts";
import { readAppSpans } from "../../protocol/app-spans.ts";
import type { HttpDeps } from "../deps.ts";
import { COMMAND_BODY_BYTES_MAX, readJson } from "../request/request-body.ts";

/** `/dev/traces` is where older SDKs send them to a dev server. */
export function addAppSpansRoutes(app: Hono, deps: Pick<HttpDeps, "commands" | "isDev">): void {
  const { commands, isDev } = deps;

  const keepSpans = async (c: Context): Promise<Response> => {
    const contentType = c.req.header("content-type") ?? "";
    if (/protobuf/i.test(contentType)) throw invalid("protobuf; this engine reads OTLP as JSON");
    const reading = readAppSpans(await readJson(c.req.raw, COMMAND_BODY_BYTES_MAX));
    if (!reading) throw invalid("no OTLP request with resourceSpans, or one of too many spans");
    const { spans, unreadableCount } = reading;
    const rejectedSpans = unreadableCount + (await commands.keepAppSpans(spans));
    if (rejectedSpans === 0) return c.json({});
    const errorMessage =
      "Some spans name no run of this engine, cannot be read, or are more than a run may have.";
    return c.json({ partialSuccess: { rejectedSpans: String(rejectedSpans), errorMessage } });
  };

  app.post("/v1/traces/userland", keepSpans);
  if (isDev) app.post("/dev/traces", keepSpans);
}

function invalid(what: string): EngineError {
  return new EngineError("INPUT_INVALID", `The body is ${what}.`);
}
