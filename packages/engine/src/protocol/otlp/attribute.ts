// OTLP's KeyValue in its JSON encoding: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding

/** 64-bit integers are texts in protobuf's JSON. */
export type OtlpValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly OtlpValue[] } };

export interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}

/** A bound on one value; collectors mostly refuse or cut far larger ones. */
const TEXT_CHARS_MAX = 16 * 1_024;
const LIST_MAX = 100;

/** What is undefined or null has no attribute. Objects become their JSON. */
export function otlpAttributes(values: Readonly<Record<string, unknown>>): OtlpAttribute[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined || value === null ? [] : [{ key, value: otlpValue(value) }],
  );
}

function otlpValue(value: unknown): OtlpValue {
  switch (typeof value) {
    case "string":
      return { stringValue: cut(value) };
    case "boolean":
      return { boolValue: value };
    case "number":
      return Number.isSafeInteger(value) ? { intValue: String(value) } : doubleOf(value);
    default:
      if (Array.isArray(value) && value.every((item) => typeof item === "string")) {
        return { arrayValue: { values: value.slice(0, LIST_MAX).map(otlpValue) } };
      }
      return { stringValue: cut(JSON.stringify(value) ?? "") };
  }
}

/** JSON has no infinite numbers. */
function doubleOf(value: number): OtlpValue {
  return Number.isFinite(value) ? { doubleValue: value } : { stringValue: String(value) };
}

function cut(text: string): string {
  return text.length > TEXT_CHARS_MAX ? `${text.slice(0, TEXT_CHARS_MAX)}…` : text;
}
