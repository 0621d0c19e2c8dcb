// Reads the spans that the SDK's extended traces send: an ExportTraceServiceRequest in OTLP's JSON encoding
// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding), whose spans name their run and step.

import { type AppSpan, ATTRIBUTES_BYTES_MAX } from "../core/app-span.ts";
import { isRecord } from "./record.ts";

/** Of one request; the SDK's exporter sends 512 at most. */
const SPANS_MAX = 2_000;
const NAME_CHARS_MAX = 500;
const ID_CHARS_MAX = 1_024;
/** Values within values: deeper ones are left out. */
const DEPTH_MAX = 4;
const NANOSECONDS_PER_MS = 1_000_000;
/** The last moment that a `Date` can hold. */
const MOMENT_MS_MAX = 8.64e15;
const STATUS_NAMES = ["unset", "ok", "error"] as const;

/** The SDK's own span around each call: the trace tells all of it. */
const CALL_SPAN_NAME = "inngest.execution";
/** What the SDK adds to a span to say whose it is; shown in no trace. */
const OWN_ATTRIBUTE = /^(?:inngest\.|sdk\.|sys\.)/;

type Fields = Readonly<Record<string, unknown>>;

export interface AppSpansReading {
  readonly spans: readonly { readonly runId: string; readonly span: AppSpan }[];
  /** Spans that cannot be read, or that name no run. */
  readonly unreadableCount: number;
}

/** Null for what is no such request at all, or holds more than `SPANS_MAX`. */
export function readAppSpans(body: unknown): AppSpansReading | null {
  if (!isRecord(body) || !Array.isArray(body["resourceSpans"])) return null;
  const found = listIn([body], "resourceSpans", "scopeSpans", "spans");
  if (found.length > SPANS_MAX) return null;
  const wanted = found.filter((span) => span["name"] !== CALL_SPAN_NAME);
  const spans = wanted.map(readSpan).filter((span) => span !== null);
  return { spans, unreadableCount: wanted.length - spans.length };
}

function listIn(parents: readonly Fields[], ...fields: readonly string[]): readonly Fields[] {
  const [field, ...rest] = fields;
  if (field === undefined) return parents;
  const children = parents.flatMap((parent) => {
    const list = parent[field];
    return Array.isArray(list) ? list.filter(isRecord) : [];
  });
  return listIn(children, ...rest);
}

function readSpan(fields: Fields): AppSpansReading["spans"][number] | null {
  const { spanId, parentSpanId, name, startTimeUnixNano, endTimeUnixNano } = fields;
  const attributes = readAttributes(fields["attributes"], 0);
  const runId = attributes["sdk.run.id"];
  const startedAtMs = readMoment(startTimeUnixNano);
  const endedAtMs = readMoment(endTimeUnixNano);
  if (typeof runId !== "string" || !isSpanId(spanId) || typeof name !== "string") return null;
  if (runId.length > ID_CHARS_MAX || startedAtMs === null || endedAtMs === null) return null;
  const stepId = attributes["inngest.step.hash"];
  const attempt = attributes["inngest.step.attempt"];
  const isOfStep = typeof stepId === "string" && stepId.length <= ID_CHARS_MAX;
  return {
    runId,
    span: {
      spanId,
      parentSpanId: isSpanId(parentSpanId) ? parentSpanId : "",
      stepId: isOfStep ? stepId : "",
      attempt: typeof attempt === "number" && Number.isSafeInteger(attempt) ? attempt : 0,
      name: name.slice(0, NAME_CHARS_MAX),
      ...readStatus(fields["status"]),
      startedAtMs,
      endedAtMs,
      attributesJson: shownAttributes(attributes),
    },
  };
}

function readStatus(value: unknown): Pick<AppSpan, "status" | "statusMessage"> {
  const { code = 0, message = "" } = isRecord(value) ? value : {};
  const status = typeof code === "number" ? STATUS_NAMES[code] : undefined;
  const words = typeof message === "string" ? message.slice(0, NAME_CHARS_MAX) : "";
  return { status: status ?? "unset", statusMessage: words };
}

function shownAttributes(attributes: Fields): string {
  const shown = Object.entries(attributes).filter(([key]) => !OWN_ATTRIBUTE.test(key));
  const json = JSON.stringify(Object.fromEntries(shown));
  return Buffer.byteLength(json) > ATTRIBUTES_BYTES_MAX ? "{}" : json;
}

function readAttributes(list: unknown, depth: number): Fields {
  if (!Array.isArray(list) || depth > DEPTH_MAX) return {};
  const entries = list.filter(isRecord).flatMap(({ key, value }): [string, unknown][] => {
    const read = readValue(value, depth);
    return typeof key === "string" && read !== undefined ? [[key, read]] : [];
  });
  return Object.fromEntries(entries);
}

/** OTLP's AnyValue; 64-bit numbers may come as texts. */
function readValue(value: unknown, depth: number): unknown {
  if (!isRecord(value)) return undefined;
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue } = value;
  if (typeof stringValue === "string") return stringValue;
  if (typeof boolValue === "boolean") return boolValue;
  if (typeof intValue === "number" || typeof intValue === "string") return readNumber(intValue);
  if (typeof doubleValue === "number") return doubleValue;
  if (isRecord(arrayValue) && Array.isArray(arrayValue["values"]) && depth < DEPTH_MAX) {
    return arrayValue["values"].map((item: unknown) => readValue(item, depth + 1) ?? null);
  }
  return isRecord(kvlistValue) ? readAttributes(kvlistValue["values"], depth + 1) : undefined;
}

function readNumber(value: number | string): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function readMoment(value: unknown): number | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  const ms = Math.floor(Number(value) / NANOSECONDS_PER_MS);
  return Number.isFinite(ms) && ms > 0 && ms <= MOMENT_MS_MAX ? ms : null;
}

function isSpanId(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{16}$/.test(value);
}
