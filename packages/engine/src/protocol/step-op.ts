// Reads the SDK's instructions: protocol notes, section 1.5. They come in a 206 answer and in checkpoints,
// where the SDK leaves its own internals in them. Fields that nobody asked for are therefore ignored.
//
// Written by hand and not with a schema library: this runs once for every step of every run.

import { NAME_CHARS_MAX } from "../core/limits.ts";
import type { InvokePayload, OpBase, StepOp } from "../core/outcome.ts";
import { readFetchRequest, readModelRequest } from "./gateway-op.ts";
import { readOpMetadata } from "./metadata.ts";
import { isRecord } from "./record.ts";
import { readSerializedError } from "./serialized-error.ts";
import { isSignal, SIGNAL_CHARS_MAX } from "./signal.ts";

/** More than a run may have steps; a bound on the work that one answer can ask for. */
const OPS_MAX = 10_000;
const ID_CHARS_MAX = 1_024;
const NANOSECONDS_PER_MS = 1e6;
/** The last moment that a `Date` can hold. */
const MOMENT_MS_MAX = 8.64e15;

type Fields = Readonly<Record<string, unknown>>;

export type StepOpsReading =
  | { readonly ok: true; readonly ops: readonly StepOp[] }
  | { readonly ok: false; readonly problem: string };

export interface StepOpsOptions {
  /** False when the answer said `x-inngest-no-retry: true`: its failed step is not tried again. */
  readonly mayRetry: boolean;
}

/** `value` is a list of ops, or one op alone, as durable endpoints answer. */
export function readStepOps(value: unknown, { mayRetry }: StepOpsOptions): StepOpsReading {
  const list = Array.isArray(value) ? value : [value];
  if (list.length > OPS_MAX) return bad(`It has ${list.length} ops; ${OPS_MAX} are the most.`);
  const ops: StepOp[] = [];
  for (const [index, item] of list.entries()) {
    const op = readStepOp(item, mayRetry);
    if (typeof op === "string") return bad(`Op ${index} ${op}.`);
    ops.push(op);
  }
  return { ok: true, ops };
}

function bad(problem: string): StepOpsReading {
  return { ok: false, problem };
}

/** The op, or what is wrong with it, worded to follow "Op 3 …". */
function readStepOp(value: unknown, mayRetry: boolean): StepOp | string {
  if (!isRecord(value)) return "is no object";
  const { id, op } = value;
  if (typeof op !== "string" || op === "") return "has no op code";
  if (typeof id !== "string" || id === "") return `(${op}) has no id`;
  if (id.length > ID_CHARS_MAX) return `(${op}) has an id of ${id.length} characters`;
  const opts = isRecord(value["opts"]) ? value["opts"] : {};
  const read = READERS.get(op) ?? readUnsupported;
  // What the tables keep of half a character is another text.
  const base = readBase(id.toWellFormed(), value, opts);
  const result = read({ base, op, fields: value, opts, mayRetry });
  return typeof result === "string" ? `(${op}) ${result}` : result;
}

interface RawOp {
  readonly base: OpBase;
  readonly op: string;
  readonly fields: Fields;
  readonly opts: Fields;
  readonly mayRetry: boolean;
}

const READERS: ReadonlyMap<string, (raw: RawOp) => StepOp | string> = new Map([
  ["Step", readStepDone],
  ["StepRun", readStepDone],
  ["StepError", (raw: RawOp) => readStepError(raw, raw.mayRetry)],
  ["StepFailed", (raw: RawOp) => readStepError(raw, false)],
  ["StepPlanned", readStepPlanned],
  ["Sleep", readSleep],
  ["WaitForEvent", readWaitForEvent],
  ["WaitForSignal", readWaitForSignal],
  ["InvokeFunction", readInvoke],
  ["AIGateway", readGateway],
  ["Gateway", readGateway],
  ["RunComplete", readRunComplete],
  ["DiscoveryRequest", ({ base }: RawOp): StepOp => ({ ...base, kind: "discovery-request" })],
  ["None", ({ base }: RawOp): StepOp => ({ ...base, kind: "none" })],
]);

function readBase(id: string, fields: Fields, opts: Fields): OpBase {
  const userland = readUserland(fields["userland"]);
  const timing = readTiming(fields["timing"]);
  const metadata = readOpMetadata(fields["metadata"]);
  return {
    id,
    displayName: readName(firstText(fields["displayName"], userland?.id, fields["name"]) ?? id),
    isRace: opts["parallelMode"] === "race",
    ...(userland && { userland }),
    ...(timing && { timing }),
    ...(metadata && { metadata }),
  };
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= NAME_CHARS_MAX;
}

/** One that is too long for lists and traces is cut. */
function readName(text: string): string {
  return text.length <= NAME_CHARS_MAX ? text : text.slice(0, NAME_CHARS_MAX);
}

function readUserland(value: unknown): OpBase["userland"] {
  if (!isRecord(value) || typeof value["id"] !== "string") return undefined;
  const { id, index } = value;
  return typeof index === "number" ? { id, index } : { id };
}

function readTiming(value: unknown): OpBase["timing"] {
  if (!isRecord(value)) return undefined;
  const { a, b } = value;
  if (!isCount(a) || !isCount(b)) return undefined;
  const startedAtMs = Math.round(a / NANOSECONDS_PER_MS);
  const durationMs = Math.round(b / NANOSECONDS_PER_MS);
  return startedAtMs + durationMs > MOMENT_MS_MAX ? undefined : { startedAtMs, durationMs };
}

/** A checkpoint drops `data: undefined` on its way through JSON: the step returned nothing. */
function readStepDone({ base, fields, opts }: RawOp): StepOp {
  return { ...base, kind: "step-done", data: fields["data"] ?? null, ...readOpType(opts) };
}

function readStepError({ base, fields, opts }: RawOp, mayRetry: boolean): StepOp {
  const error = readSerializedError(fields["error"]);
  return {
    ...base,
    kind: "step-error",
    error,
    mayRetry: mayRetry && error["noRetry"] !== true,
    ...readOpType(opts),
  };
}

function readStepPlanned({ base, opts }: RawOp): StepOp {
  const { input } = opts;
  if (input === undefined) return { ...base, kind: "step-planned" };
  return { ...base, kind: "step-planned", input };
}

/** An empty duration passes, to be refused with the step's name: the SDK makes it of "1m30s" and of 0. */
function readSleep({ base, fields }: RawOp): StepOp | string {
  const { name } = fields;
  return typeof name === "string" ? { ...base, kind: "sleep", until: name } : "has no duration";
}

function readWaitForEvent({ base, fields, opts }: RawOp): StepOp | string {
  const { name } = fields;
  const { timeout, if: expression } = opts;
  if (!isName(name)) return "names no event";
  if (typeof timeout !== "string") return "has no timeout";
  const wait = { ...base, kind: "wait-for-event", eventName: name, timeout } as const;
  return typeof expression === "string" && expression !== "" ? { ...wait, expression } : wait;
}

function readWaitForSignal({ base, opts }: RawOp): StepOp | string {
  const { signal, timeout, conflict } = opts;
  if (!isSignal(signal)) return `names no signal of 1 to ${SIGNAL_CHARS_MAX} characters`;
  if (typeof timeout !== "string") return "has no timeout";
  return { ...base, kind: "wait-for-signal", signal, timeout, replaces: conflict === "replace" };
}

function readInvoke({ base, opts }: RawOp): StepOp | string {
  const { function_id: functionId, timeout } = opts;
  if (!isName(functionId)) return "names no function";
  const payload = readInvokePayload(opts["payload"]);
  if (payload === null) return "has a payload that is no event";
  const invoke = { ...base, kind: "invoke", functionId, payload } as const;
  return typeof timeout === "string" ? { ...invoke, timeout } : invoke;
}

function readInvokePayload(value: unknown): InvokePayload | null {
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) return null;
  const { data, user, v } = value;
  if (!isAbsent(data) && !isRecord(data)) return null;
  if (!isAbsent(user) && !isRecord(user)) return null;
  return {
    ...(isRecord(data) && { data }),
    ...(isRecord(user) && { user }),
    ...(typeof v === "string" && { v }),
  };
}

function readGateway({ base, op, opts }: RawOp): StepOp {
  const reading = op === "Gateway" ? readFetchRequest(opts) : readModelRequest(opts);
  if (reading.ok)
    return { ...base, kind: "gateway", request: reading.request, shown: reading.shown };
  const message = `The request of step "${base.displayName}" ${reading.problem}.`;
  return { ...base, kind: "step-error", error: { name: `${op}Error`, message }, mayRetry: false };
}

function readRunComplete(raw: RawOp): StepOp {
  const { base, fields } = raw;
  if (!isAbsent(fields["error"]))
    return readUnsupported({ ...raw, op: "RunComplete with an error" });
  return { ...base, kind: "run-complete", data: fields["data"] ?? null };
}

function readUnsupported({ base, op }: RawOp): StepOp {
  return { ...base, kind: "unsupported", op };
}

function readOpType(opts: Fields): { opType?: string } {
  return typeof opts["type"] === "string" ? { opType: opts["type"] } : {};
}

function firstText(...candidates: readonly unknown[]): string | undefined {
  return candidates.find((text): text is string => typeof text === "string" && text !== "");
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
