import { onTestFinished } from "bun:test";

/**
 * Ends it when the running test has finished, however that was: a time-out included, and an end that
 * fails is told beside the test's own failure. (`await using` would tell of neither.)
 */
export function untilTestEnds<T extends AsyncDisposable>(resource: T): T {
  onTestFinished(() => resource[Symbol.asyncDispose]());
  return resource;
}
