import { watch } from "node:fs";

/** For what the system doesn't tell of, as on a file system that has no such notices. */
const LOOK_EVERY_MS = 25;
/** Without any notices. The quickest turn of an agent that was seen, with a model that answers at once, is 3 ms. */
const LOOK_EVERY_UNTOLD_MS = 3;

/**
 * Looks whenever one of these files was written to. A timer alone would be later, and cost more: an
 * agent whose tools take no time is asked for a whole turn in three milliseconds.
 */
export function whenWritten(paths: readonly string[], look: () => void): { stop(): void } {
  const watchers = paths.flatMap((path) => watchOne(path, look));
  const isTold = watchers.length === paths.length;
  const timer = setInterval(look, isTold ? LOOK_EVERY_MS : LOOK_EVERY_UNTOLD_MS);
  return {
    stop: () => {
      clearInterval(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

/** None where the system has no more watches to give. */
function watchOne(path: string, look: () => void) {
  try {
    const watcher = watch(path, look);
    watcher.on("error", () => watcher.close());
    return [watcher];
  } catch {
    return [];
  }
}
