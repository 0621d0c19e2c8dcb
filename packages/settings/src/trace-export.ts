// Where the embedded engine sends traces, by OpenTelemetry's own variables:
// https://opentelemetry.io/docs/specs/otel/protocol/exporter/. Those of traces win over the general ones.
//
// They are everybody's: as the specification asks, a value that makes no sense is said and ignored, and
// stops nothing.

import { readHttpAddress } from "./value-schemas.ts";
import type { VariableName, Variables } from "./variables.ts";

export interface TraceExportSettings {
  /** The address for traces, with its path. */
  readonly url: string;
  /** A receiver's key may be among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly isCompressed: boolean;
  readonly serviceName: string;
  readonly resourceAttributes: Readonly<Record<string, string>>;
  readonly withPayloads: boolean;
}

export interface TraceExportReading {
  /** Undefined: no traces are exported. */
  readonly settings: TraceExportSettings | undefined;
  readonly warnings: readonly string[];
}

const TIMEOUT_MS = 10_000;
const TIMEOUT_MS_MAX = 3_600_000;
const TRACES_PATH = "/v1/traces";
const SERVICE_NAME = "system-bus";

export function readTraceExport(variables: Variables): TraceExportReading {
  const address =
    given(variables, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") ??
    given(variables, "OTEL_EXPORTER_OTLP_ENDPOINT");
  if (address === null || isSwitchedOff(variables)) return OFF;
  const warnings: string[] = [];
  const ignore = (problem: string): void => {
    warnings.push(`${problem}; it is ignored`);
  };
  const url = readUrl(address);
  if (url === null) {
    ignore(`${address.name} must be an http or https address, such as http://127.0.0.1:4318`);
  }
  const isPossible = warnAboutProtocol(variables, warnings);
  const attributes = readPairs(given(variables, "OTEL_RESOURCE_ATTRIBUTES"), ignore);
  const { "service.name": nameAttribute, ...resourceAttributes } = attributes;
  const settings = {
    headers: readHeaders(ofTraces(variables, "HEADERS"), ignore),
    timeoutMs: readTimeout(ofTraces(variables, "TIMEOUT"), ignore),
    isCompressed: readCompression(ofTraces(variables, "COMPRESSION"), ignore),
    serviceName: variables.OTEL_SERVICE_NAME ?? nameAttribute ?? SERVICE_NAME,
    resourceAttributes,
    withPayloads: variables.BUS_TRACE_PAYLOADS === "1",
  };
  return { settings: url === null || !isPossible ? undefined : { url, ...settings }, warnings };
}

const OFF: TraceExportReading = { settings: undefined, warnings: [] };

interface Given {
  readonly name: VariableName;
  readonly text: string;
}

type Ignore = (problem: string) => void;

function given(variables: Variables, name: VariableName): Given | null {
  const text = variables[name];
  return typeof text === "string" ? { name, text } : null;
}

function ofTraces(
  variables: Variables,
  what: "HEADERS" | "TIMEOUT" | "COMPRESSION" | "PROTOCOL",
): Given | null {
  return (
    given(variables, `OTEL_EXPORTER_OTLP_TRACES_${what}`) ??
    given(variables, `OTEL_EXPORTER_OTLP_${what}`)
  );
}

/** The general address is a base; the one of traces is used as it is. */
function readUrl({ name, text }: Given): string | null {
  const address = readHttpAddress(text);
  if (address === null || name === "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") return address;
  return `${address.replace(/\/+$/, "")}${TRACES_PATH}`;
}

function isSwitchedOff({ OTEL_TRACES_EXPORTER, OTEL_SDK_DISABLED }: Variables): boolean {
  const exporters = (OTEL_TRACES_EXPORTER ?? "otlp").split(",").map((name) => name.trim());
  return OTEL_SDK_DISABLED?.toLowerCase() === "true" || !exporters.includes("otlp");
}

/** False for what this engine does not speak. */
function warnAboutProtocol(variables: Variables, warnings: string[]): boolean {
  const protocol = ofTraces(variables, "PROTOCOL");
  if (protocol === null || protocol.text === "http/json") return true;
  const said = `${protocol.name}=${protocol.text}`;
  if (protocol.text === "grpc") {
    warnings.push(
      `${said}: the embedded engine exports no traces over gRPC; for http/json, which collectors take ` +
        "on port 4318, set OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    );
    return false;
  }
  warnings.push(
    `${said}: the embedded engine sends traces as http/json, which collectors take at the same address`,
  );
  return true;
}

function readTimeout(value: Given | null, ignore: Ignore): number {
  if (value === null) return TIMEOUT_MS;
  const timeoutMs = /^\d{1,7}$/.test(value.text) ? Number(value.text) : 0;
  if (timeoutMs >= 1 && timeoutMs <= TIMEOUT_MS_MAX) return timeoutMs;
  ignore(`${value.name} must be milliseconds, from 1 to ${TIMEOUT_MS_MAX}`);
  return TIMEOUT_MS;
}

function readCompression(value: Given | null, ignore: Ignore): boolean {
  if (value !== null && value.text !== "gzip" && value.text !== "none") {
    ignore(`${value.name} must be gzip or none`);
  }
  return value?.text === "gzip";
}

/** Names and values that a request can carry. What is said shows neither. */
function readHeaders(value: Given | null, ignore: Ignore): Readonly<Record<string, string>> {
  const headers = readPairs(value, ignore);
  try {
    return Object.fromEntries(new Headers(headers));
  } catch {
    ignore(`${value?.name} holds a name or a value that no HTTP header can have`);
    return {};
  }
}

/** `name=value,name=value`, values in percent-encoding, as W3C's baggage has it. */
function readPairs(value: Given | null, ignore: Ignore): Readonly<Record<string, string>> {
  const entries = (value?.text ?? "").split(",").filter((entry) => entry.trim() !== "");
  const pairs = entries.map((entry) => /^\s*([^=\s]+)\s*=(.*)$/.exec(entry));
  if (pairs.includes(null)) {
    ignore(`${value?.name} must be name=value, with commas between several`);
    return {};
  }
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? "", decode(pair?.[2] ?? "")]));
}

/** What is no percent-encoding stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return text.trim();
  }
}
