import type { App, AppFunction } from "@system-bus/inngest-api";
import { useEngine } from "../engine/engine.ts";
import { type Live, useLive } from "../live/use-live.ts";

export interface Registered {
  readonly apps: readonly App[];
  readonly functions: readonly AppFunction[];
}

const DELAY_MS = 5_000;

/** The apps that are connected, and their functions. They change when a worker starts. */
export function useFunctions(): Live<Registered> {
  const engine = useEngine();
  return useLive<Registered>({
    key: "functions",
    load: async (signal) => {
      const [apps, functions] = await Promise.all([
        engine.listApps({ signal }),
        engine.listFunctions({ signal }),
      ]);
      return { apps, functions };
    },
    delayMs: () => DELAY_MS,
  });
}
