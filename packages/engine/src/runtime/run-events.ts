import type { Run } from "../core/run.ts";
import type { Store } from "./store.ts";

/** JSON of the events that started the run, in the order in which they came; empty when they are gone. */
export function loadEventJsons(
  { events, batches }: Pick<Store, "events" | "batches">,
  { batchId, eventInternalId }: Run,
): readonly string[] {
  if (batchId !== null) return batches.loadPayloads(batchId);
  const json = events.findPayloadJson(eventInternalId);
  return json === null ? [] : [json];
}
