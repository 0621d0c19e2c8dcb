import type { ProcessTable } from "../src/processes/process-table.ts";
import { openPsProcessTable } from "../src/processes/ps-process-table.ts";

/** What macOS offers, on any machine: ps with BSD flags, and no environment of other processes. */
export function openMacLikeTable(): ProcessTable {
  const table = openPsProcessTable({ readBootId: () => "this boot" });
  return { ...table, listMarked: async () => new Set() };
}
