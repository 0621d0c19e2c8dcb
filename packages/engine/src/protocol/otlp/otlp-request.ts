import { parseJson } from "../json.ts";
import { isRecord } from "../record.ts";
import { otlpAttributes } from "./attribute.ts";
import type { OtlpSpan } from "./otlp-spans.ts";

export interface TraceResource {
  readonly serviceName: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The engine's own version. */
  readonly version: string;
}

const MESSAGE_CHARS_MAX = 500;

/** An ExportTraceServiceRequest: what is sent, and what a download holds. */
export function otlpRequest(spans: readonly OtlpSpan[], resource: TraceResource): object {
  const { serviceName, attributes, version } = resource;
  return {
    resourceSpans: [
      {
        resource: { attributes: otlpAttributes({ ...attributes, "service.name": serviceName }) },
        scopeSpans: [{ scope: { name: "system-bus-engine", version }, spans }],
      },
    ],
  };
}

export interface OtlpAnswer {
  /** Spans that the receiver would not have; 0 when it took all. */
  readonly rejectedCount: number;
  /** What it says about them, or about anything else. */
  readonly message: string;
}

/** The body of an answer with status 200. Receivers may send none, and numbers as texts. */
export function readOtlpAnswer(body: string): OtlpAnswer {
  const parsed = parseJson(body);
  const partial = parsed.ok && isRecord(parsed.value) ? parsed.value["partialSuccess"] : undefined;
  if (!isRecord(partial)) return { rejectedCount: 0, message: "" };
  const { rejectedSpans = 0, errorMessage } = partial;
  const count = Number(rejectedSpans);
  return {
    rejectedCount: Number.isSafeInteger(count) && count > 0 ? count : 0,
    message: typeof errorMessage === "string" ? errorMessage.slice(0, MESSAGE_CHARS_MAX) : "",
  };
}
