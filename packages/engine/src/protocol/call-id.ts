// `ctx.qi_id`, which the SDK sends back with each checkpoint: it names the call, not only its queue item.
// Version 3 of the SDK sends no generation of its own, and an answer to an earlier call of the item has to
// be told apart all the same. Protocol notes, section 1.7.

export interface CallId {
  readonly itemId: string;
  readonly generationId: number;
}

export function writeCallId({ itemId, generationId }: CallId): string {
  return `${itemId}@${generationId}`;
}

/** Null for what `writeCallId` has not written. */
export function readCallId(text: string): CallId | null {
  const [, itemId = "", generation = ""] = /^(.+)@(\d{1,16})$/s.exec(text) ?? [];
  return itemId === "" ? null : { itemId, generationId: Number(generation) };
}
