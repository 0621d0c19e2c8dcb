/** For what we promised ourselves: a failure here is our bug, never bad input. */
export function assert(condition: boolean, promise: string): asserts condition {
  if (!condition) throw new Error(`broken promise: ${promise}`);
}
