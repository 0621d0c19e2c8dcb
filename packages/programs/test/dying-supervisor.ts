// A supervisor that kills itself with SIGKILL at a named line of its life. Everything but the moment
// of its death is the real one.

import { type Clock, systemClock } from "../src/clock.ts";
import { openProcessTable } from "../src/processes/open-process-table.ts";
import type { ProcessTable } from "../src/processes/process-table.ts";
import { parseOrder } from "../src/supervisor/order.ts";
import { supervise } from "../src/supervisor/supervise.ts";

export const DEATHS = [
  "before-claim",
  "after-claim",
  "in-line",
  "at-the-gate",
  "program-runs",
  "program-ended",
] as const;
export type Death = (typeof DEATHS)[number];

if (import.meta.main) {
  const death = DEATHS.find((name) => name === process.argv[2]);
  if (death === undefined) throw new Error(`usage: dying-supervisor.ts ${DEATHS.join("|")} KEY`);
  await supervise(parseOrder(await Bun.stdin.text()), {
    table: dyingTable(openProcessTable(), death),
    clock: dyingClock(systemClock, death),
    isDismissed: () => false,
    keepAwake: () => {},
    log: (message) => console.error(message),
  });
}

function die(): void {
  process.kill(process.pid, "SIGKILL");
}

function dyingTable(table: ProcessTable, death: Death): ProcessTable {
  return {
    ...table,
    find: async (pid) => {
      // It looks itself up before it claims, and the program at the gate before it notes it down.
      if (death === "before-claim" && pid === process.pid) die();
      if (death === "at-the-gate" && pid !== process.pid) die();
      return table.find(pid);
    },
    list: async () => {
      // The first beat, right after the program was let go; give it the time to begin.
      if (death === "program-runs") {
        await Bun.sleep(300);
        die();
      }
      return table.list();
    },
    listMarked: async (name, value) => {
      // The end of the program was seen; the kill of what is left begins.
      if (death === "program-ended") die();
      return table.listMarked(name, value);
    },
  };
}

function dyingClock(clock: Clock, death: Death): Clock {
  return {
    ...clock,
    steadyMs: () => {
      if (death === "after-claim") die();
      return clock.steadyMs();
    },
    sleepMs: async (durationMs) => {
      if (death === "in-line") die();
      return clock.sleepMs(durationMs);
    },
  };
}
