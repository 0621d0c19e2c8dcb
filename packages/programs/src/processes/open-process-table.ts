import { openLinuxProcessTable } from "./linux-process-table.ts";
import type { ProcessTable } from "./process-table.ts";
import { openPsProcessTable } from "./ps-process-table.ts";

export function openProcessTable(platform: NodeJS.Platform = process.platform): ProcessTable {
  return platform === "linux" ? openLinuxProcessTable() : openPsProcessTable();
}
