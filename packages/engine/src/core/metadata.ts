// What apps say of runs and steps beside their results: `{scope, kind, op, values}`. Protocol notes, 1.5
// and 1.10.
//
// Invariants:
//   M1. Values of one kind at one place are one entry; each update says how it changes the entry.
//   M2. A place holds at most `PLACE_BYTES_MAX` in `KINDS_MAX` entries, a run `RUN_METADATA_BYTES_MAX`.
//   M3. Metadata never fails a run: what came with a step and cannot be kept is left out, and said so in
//       an entry of the kind `inngest.warnings`. What a request asks for is refused instead.

/** `set` is what the SDK sends since 4.23, `merge` what it sent before. */
export type MetadataOperation = "merge" | "set" | "delete" | "add";

/** Whom an entry is about: `run`, `step`, `extended_trace`, or what a later SDK may name. */
export type MetadataScope = string;

export type MetadataValues = Readonly<Record<string, unknown>>;

export interface MetadataUpdate {
  readonly scope: MetadataScope;
  /** `userland.…` for what people wrote, `inngest.…` for what the SDK and the engine know. */
  readonly kind: string;
  readonly operation: MetadataOperation;
  readonly values: MetadataValues;
}

/** The place of an entry in a run's trace. */
export interface MetadataTarget {
  /** The SDK's hash of the step's id; empty for the run itself. */
  readonly stepId: string;
  readonly attempt: number;
  /** A span of the app's own; empty for all else. */
  readonly spanId: string;
}

/** One entry as it is stored. */
export interface MetadataEntry extends MetadataTarget {
  readonly scope: MetadataScope;
  readonly kind: string;
  readonly valuesJson: string;
  readonly updatedAtMs: number;
}

export const RUN_TARGET: MetadataTarget = { stepId: "", attempt: 0, spanId: "" };

/** Inngest's limits. Protocol notes, section 1.6. */
export const PLACE_BYTES_MAX = 64 * 1_024;
export const RUN_METADATA_BYTES_MAX = 1_024 * 1_024;
export const KINDS_MAX = 100;

/** What the entry holds after an update (M1); null when that is nothing, so that it goes. */
export function combineValues(
  current: MetadataValues | null,
  { operation, values }: Pick<MetadataUpdate, "operation" | "values">,
): MetadataValues | null {
  switch (operation) {
    case "set":
      return values;
    case "merge":
      return { ...current, ...values };
    case "delete":
      return without(current ?? {}, Object.keys(values));
    case "add":
      return { ...current, ...added(current ?? {}, values) };
  }
}

/** `delete` names what goes by its keys; without any, all of the entry goes. */
function without(current: MetadataValues, keys: readonly string[]): MetadataValues | null {
  if (keys.length === 0) return null;
  const rest = Object.entries(current).filter(([key]) => !keys.includes(key));
  return rest.length === 0 ? null : Object.fromEntries(rest);
}

/** Numbers grow; what is no number on either side is replaced. */
function added(current: MetadataValues, values: MetadataValues): MetadataValues {
  const sums = Object.entries(values).map(([key, value]): [string, unknown] => {
    const before = Object.hasOwn(current, key) ? current[key] : undefined;
    const isSum = typeof before === "number" && typeof value === "number";
    return [key, isSum ? before + value : value];
  });
  return Object.fromEntries(sums);
}

/** What is stored at a place and in its run, the entry that is about to change left out. */
export interface MetadataUse {
  readonly kindCount: number;
  readonly placeBytes: number;
  readonly runBytes: number;
}

/** Why an entry has no room, worded to follow "Metadata of the kind x …"; null when it has (M2). */
export function findMetadataProblem(
  entry: { readonly kind: string; readonly valuesJson: string },
  use: MetadataUse,
): string | null {
  const bytes = entryBytes(entry);
  if (use.placeBytes + bytes > PLACE_BYTES_MAX) {
    return `is too large: a span holds at most ${PLACE_BYTES_MAX} bytes of metadata`;
  }
  if (use.runBytes + bytes > RUN_METADATA_BYTES_MAX) {
    return `is too much: a run holds at most ${RUN_METADATA_BYTES_MAX} bytes of metadata`;
  }
  if (use.kindCount >= KINDS_MAX) return `is one too many: a span holds at most ${KINDS_MAX} kinds`;
  return null;
}

/** As the store counts them, too. */
export function entryBytes(entry: { readonly kind: string; readonly valuesJson: string }): number {
  return Buffer.byteLength(entry.kind) + Buffer.byteLength(entry.valuesJson);
}

/** What tells of metadata that was left out (M3). Small, and the same key for each kind. */
export function metadataWarning(kind: string, problem: string): MetadataUpdate {
  return {
    scope: "step",
    kind: "inngest.warnings",
    operation: "merge",
    values: {
      [`metadata.dropped.${kind.slice(0, 100)}`]: `Metadata of the kind ${kind} ${problem}.`,
    },
  };
}
