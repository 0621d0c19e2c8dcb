/** A broken promise of our own code, never a caller's mistake. `promise` says what should have held. */
export function assert(condition: unknown, promise: string): asserts condition {
  if (!condition) throw new Error(`Broken promise: ${promise}`);
}

/** Makes a `switch` over a closed union exhaustive at compile time. */
export function assertNever(value: never): never {
  throw new Error(`Broken promise: every case is handled, but got ${JSON.stringify(value)}`);
}
