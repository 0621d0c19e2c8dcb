import { createHash } from "node:crypto";
import { eventPayload, type StoredEvent } from "../../core/event.ts";
import { evaluateKey } from "../../core/expression/evaluate.ts";

interface KeyedOption {
  readonly option: string;
  readonly key?: string;
}

/** What a key that an event lacks, or that says false, evaluates to. */
const EXEMPT_KEY = "false";
/** A key may be a whole object; above this length its digest names it as well. */
const KEY_CHARS_MAX = 512;

/** Names what an option counts together, for one event. Events that lack the key are counted together. */
export function nameFlowKey(functionId: string, option: KeyedOption, event: StoredEvent): string {
  const value = option.key === undefined ? "" : evaluateKey(option.key, eventPayload(event));
  return nameKey(functionId, option, value);
}

/** As `nameFlowKey`, for options that an event without the key is exempt from: null for such an event. */
export function findFlowKey(
  functionId: string,
  option: KeyedOption,
  event: StoredEvent,
): string | null {
  if (option.key === undefined) return nameKey(functionId, option, "");
  const value = evaluateKey(option.key, eventPayload(event));
  return value === EXEMPT_KEY ? null : nameKey(functionId, option, value);
}

function nameKey(functionId: string, { option, key }: KeyedOption, value: string): string {
  if (key === undefined) return JSON.stringify([functionId, option]);
  const isLong = value.length > KEY_CHARS_MAX;
  const short = isLong ? createHash("sha256").update(value).digest("hex") : value;
  return JSON.stringify([functionId, option, key, short]);
}
