// Steps of a call in flight: protocol notes, section 1.7.

import type { Hono } from "hono";
import { EngineError } from "../../core/errors.ts";
import type { StepOp } from "../../core/outcome.ts";
import { type CallId, readCallId } from "../../protocol/call-id.ts";
import { isRecord } from "../../protocol/record.ts";
import { readStepOps } from "../../protocol/step-op.ts";
import type { HttpDeps } from "../deps.ts";
import { CHECKPOINT_BODY_BYTES_MAX, readJson } from "../request/request-body.ts";

/**
 * What a checkpoint may hold. A failed step comes with the answer, where its retry is decided; refused
 * here, the SDK falls back to just that.
 */
const CHECKPOINT_OPS: ReadonlySet<StepOp["kind"]> = new Set(["step-done", "step-planned", "none"]);

interface Checkpoint extends CallId {
  readonly ops: readonly StepOp[];
}

/** Registered first and without middleware: every step of a running function comes through here. */
export function addCheckpointRoutes(app: Hono, deps: Pick<HttpDeps, "access" | "commands">): void {
  const { access, commands } = deps;

  app.post("/v1/checkpoint/:runId/async", async (c) => {
    const refusal = access.findRefusal(c.req.raw);
    if (refusal) throw refusal;
    const runId = c.req.param("runId");
    const body = await readJson(c.req.raw, CHECKPOINT_BODY_BYTES_MAX);
    await commands.checkpoint({ runId, ...readCheckpoint(body, runId) });
    return Response.json({});
  });
}

function readCheckpoint(body: unknown, runId: string): Checkpoint {
  if (!isRecord(body)) throw invalid("it is no object");
  const { run_id: bodyRunId, qi_id: callId, steps } = body;
  if (bodyRunId !== undefined && bodyRunId !== runId) throw invalid("its run_id is of another run");
  const call = typeof callId === "string" ? readCallId(callId) : null;
  if (!call) throw invalid("its qi_id is none of this engine's");
  if (!Array.isArray(steps)) throw invalid("it has no list of steps");
  const reading = readStepOps(steps, { mayRetry: true });
  if (!reading.ok) throw invalid(reading.problem);
  const stray = reading.ops.find(({ kind }) => !CHECKPOINT_OPS.has(kind));
  if (stray) throw invalid(`"${stray.displayName}" is nothing that a checkpoint can store`);
  return { ...call, ops: reading.ops };
}

function invalid(problem: string): EngineError {
  return new EngineError("INPUT_INVALID", `The checkpoint cannot be read: ${problem}.`);
}
