import {
  combineValues,
  findMetadataProblem,
  type MetadataTarget,
  type MetadataUpdate,
  type MetadataValues,
  RUN_TARGET,
} from "../core/metadata.ts";
import type { WantedTarget } from "../protocol/metadata.ts";
import type { Store } from "./store.ts";

export interface MetadataWrite {
  readonly runId: string;
  readonly target: MetadataTarget;
  readonly update: MetadataUpdate;
  readonly nowMs: number;
}

/**
 * Brings one entry up to date. Returns why it was left as it was, worded to follow "Metadata of the kind
 * x …"; null when it was stored. Inside a transaction.
 */
export function keepMetadata(store: Pick<Store, "metadata">, write: MetadataWrite): string | null {
  const { runId, target, update, nowMs } = write;
  const { scope, kind } = update;
  // What is about the run is of no step, wherever the update came from.
  const place = scope === "run" ? RUN_TARGET : target;
  const key = { ...place, runId, scope, kind };
  const currentJson = store.metadata.findValuesJson(key);
  // The engine wrote it, from an object.
  const current = currentJson === null ? null : (JSON.parse(currentJson) as MetadataValues);
  const values = combineValues(current, update);
  if (values === null) {
    store.metadata.remove(key);
    return null;
  }
  const valuesJson = JSON.stringify(values);
  const problem = findMetadataProblem({ kind, valuesJson }, store.metadata.loadUse(key));
  if (problem !== null) return problem;
  store.metadata.put(runId, { ...place, scope, kind, valuesJson, updatedAtMs: nowMs });
  return null;
}

/** The place that a request names. A step may be running still, and then is not stored yet. */
export function findTarget(
  { steps }: Pick<Store, "steps">,
  runId: string,
  { stepId, attempt, spanId }: WantedTarget,
): MetadataTarget {
  if (stepId === null) return { ...RUN_TARGET, spanId };
  // Within a step the SDK names it by the hash, where it should give the id that a person wrote.
  const id = steps.exists(runId, stepId.given) ? stepId.given : stepId.hashed;
  return { stepId: id, attempt: attempt ?? steps.findLatestAttempt(runId, id), spanId };
}
