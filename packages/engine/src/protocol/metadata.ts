// Reads metadata of runs and steps: in an op (protocol notes, 1.5) and in a request of its own (1.10).

import { createHash } from "node:crypto";
import {
  type MetadataOperation,
  type MetadataUpdate,
  type MetadataValues,
  metadataWarning,
} from "../core/metadata.ts";
import { isRecord } from "./record.ts";

/** Of one op or request. */
const UPDATES_MAX = 100;
const KIND_CHARS_MAX = 200;
const ID_CHARS_MAX = 1_024;
const ATTEMPTS_MAX = 1_000;

const OPERATIONS: ReadonlySet<unknown> = new Set<MetadataOperation>([
  "set",
  "merge",
  "delete",
  "add",
]);

/** What an op carries. Never a reason to refuse the op: what can't be read is left out, and said so. */
export function readOpMetadata(value: unknown): readonly MetadataUpdate[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.slice(0, UPDATES_MAX).map((item: unknown) => {
    const update = readUpdate(item, "step");
    if (typeof update !== "string") return update;
    const kind = isRecord(item) && typeof item["kind"] === "string" ? item["kind"] : "unknown";
    return metadataWarning(kind.slice(0, KIND_CHARS_MAX), update);
  });
}

/** Where a request wants its metadata: the run, a step of it, or a span of the app's own. */
export interface WantedTarget {
  /** The id as the SDK hashes it, and as it was given; null for the run itself. */
  readonly stepId: { readonly hashed: string; readonly given: string } | null;
  /** Null for the latest. */
  readonly attempt: number | null;
  readonly spanId: string;
}

export type MetadataRequestReading =
  | {
      readonly ok: true;
      readonly target: WantedTarget;
      readonly updates: readonly MetadataUpdate[];
    }
  | { readonly ok: false; readonly problem: string };

/** `runId` is the one of the address; the body names it again. */
export function readMetadataRequest(body: unknown, runId: string): MetadataRequestReading {
  if (!isRecord(body)) return bad("The body is no object.");
  const { target: wanted = {}, metadata } = body;
  const target = isRecord(wanted) ? readTarget(wanted, runId) : "target has to be an object";
  if (typeof target === "string") return bad(`The ${target}.`);
  if (!Array.isArray(metadata) || metadata.length === 0 || metadata.length > UPDATES_MAX) {
    return bad(`"metadata" has to be a list of 1 to ${UPDATES_MAX} updates.`);
  }
  const updates: MetadataUpdate[] = [];
  for (const item of metadata) {
    const update = readUpdate(item, scopeOf(target));
    if (typeof update === "string") return bad(`The metadata ${update}.`);
    updates.push(update);
  }
  return { ok: true, target, updates };
}

function scopeOf({ stepId, spanId }: WantedTarget): string {
  if (spanId !== "") return "extended_trace";
  return stepId === null ? "run" : "step";
}

/** The update, or what is wrong with it, worded to follow "Metadata of the kind x …". */
function readUpdate(value: unknown, scopeDefault: string): MetadataUpdate | string {
  if (!isRecord(value)) return "is no object";
  const { kind, op, values = {}, scope = scopeDefault } = value;
  if (!isName(kind)) return `has no kind of 1 to ${KIND_CHARS_MAX} characters`;
  if (!isName(scope)) return "has a scope that is no short text";
  if (!OPERATIONS.has(op)) return "has an op other than set, merge, delete and add";
  if (!isRecord(values)) return "has values that are no object";
  // As the line above has made sure; and it came as JSON.
  return { scope, kind, operation: op as MetadataOperation, values: values as MetadataValues };
}

function readTarget(
  wanted: Readonly<Record<string, unknown>>,
  runId: string,
): WantedTarget | string {
  const { run_id: targetRunId = runId, step_id: stepId, span_id: spanId = "" } = wanted;
  const { step_index: index = 0, step_attempt: attempt = -1 } = wanted;
  if (targetRunId !== runId) return "target's run_id is of another run than the address";
  if (stepId !== undefined && !isId(stepId)) return "target's step_id is no text that could be one";
  if (spanId !== "" && !isSpanId(spanId)) return "target's span_id is none: 16 hex digits";
  if (!isCountTo(index, ATTEMPTS_MAX)) return "target's step_index is no count";
  if (attempt !== -1 && !isCountTo(attempt, ATTEMPTS_MAX)) {
    return "target's step_attempt is neither a count nor -1, the latest";
  }
  return {
    stepId: stepId === undefined ? null : { hashed: hashStepId(stepId, index), given: stepId },
    attempt: attempt === -1 ? null : attempt,
    spanId,
  };
}

/** As the SDK does: repeats of an id are numbered from 1. Protocol notes, section 1.5. */
function hashStepId(id: string, index: number): string {
  return createHash("sha1")
    .update(index === 0 ? id : `${id}:${index}`)
    .digest("hex");
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= KIND_CHARS_MAX;
}

function isId(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= ID_CHARS_MAX;
}

function isSpanId(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{16}$/.test(value);
}

function isCountTo(value: unknown, max: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= max;
}

function bad(problem: string): MetadataRequestReading {
  return { ok: false, problem };
}
