import type { CallFacts } from "./call-facts.ts";
import type { MetadataEntry, MetadataValues } from "./metadata.ts";
import { estimateCost } from "./model-prices.ts";

/** What a span of a trace shows beside its times and its output. */
export interface SpanMetadata {
  readonly scope: string;
  readonly kind: string;
  readonly values: MetadataValues;
  readonly updatedAtMs: number;
}

/** A stored entry as traces show it; a model's tokens with what they cost, where that can be told. */
export function storedMetadata({
  scope,
  kind,
  valuesJson,
  updatedAtMs,
}: MetadataEntry): SpanMetadata {
  // The engine wrote it, from an object.
  const values = JSON.parse(valuesJson) as MetadataValues;
  return { scope, kind, values: kind === "inngest.ai" ? withCost(values) : values, updatedAtMs };
}

function withCost(values: MetadataValues): MetadataValues {
  if (values["estimated_cost"] !== undefined) return values;
  const cost = estimateCost(values);
  return cost === undefined ? values : { ...values, estimated_cost: cost };
}

/**
 * How an attempt's call went, under the names that Inngest uses; 64-bit numbers are texts there. Only what
 * was measured: no name look-up or handshake, which `fetch` doesn't tell.
 */
export function callMetadata(call: CallFacts, updatedAtMs: number): readonly SpanMetadata[] {
  const { requestId, queueMs, responseStatus, serverMs, transferMs } = call;
  const totalMs = serverMs === null || transferMs === null ? null : serverMs + transferMs;
  const kinds: readonly (readonly [string, Record<string, number | null>])[] = [
    ["inngest.http", { request_id: requestId, response_status: responseStatus }],
    [
      "inngest.http.timing",
      { server_processing_ms: serverMs, content_transfer_ms: transferMs, total_ms: totalMs },
    ],
    ["inngest.timing", { queue_delay_ms: queueMs, network_total_ms: totalMs }],
  ];
  return kinds.flatMap(([kind, measured]) => {
    const known = Object.entries(measured).filter(([, value]) => value !== null);
    if (known.length === 0) return [];
    const values = Object.fromEntries(known.map(([name, value]) => [name, String(value)]));
    return [{ scope: "request", kind, values, updatedAtMs }];
  });
}
