import type { EngineHarness } from "./engine-harness.ts";

/** A span as `/api/v2` answers it, as far as tests look at it. */
export interface WireSpan {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly queuedAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly metadata: readonly WireMetadata[];
  readonly children?: readonly WireSpan[];
}

interface WireMetadata {
  readonly scope: string;
  readonly kind: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export async function traceOf(harness: EngineHarness, runId = ""): Promise<WireSpan> {
  const response = await harness.request(`/api/v2/runs/${runId}/trace?includeOutput=true`);
  const answer = (await response.json()) as { data: { rootSpan: WireSpan } };
  return answer.data.rootSpan;
}

export function childOf(span: WireSpan, name: string): WireSpan {
  const child = span.children?.find((one) => one.name === name);
  if (child) return child;
  throw new Error(`"${span.name}" has no "${name}": ${span.children?.map((one) => one.name)}`);
}

/** The values of one kind of metadata; undefined where the span has none. */
export function valuesOf({ metadata }: WireSpan, kind: string): WireMetadata["values"] | undefined {
  return metadata.find((entry) => entry.kind === kind)?.values;
}
