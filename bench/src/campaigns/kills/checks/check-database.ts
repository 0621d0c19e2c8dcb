import { checkFile, databaseFile } from "@system-bus/engine";
import type { Violation } from "./violation.ts";

/** What `igs engine check` finds in a stopped engine's folder. */
export async function checkDatabase(directory: string): Promise<readonly Violation[]> {
  const { findings } = await checkFile(databaseFile(directory), { nowMs: Date.now() });
  return findings.map(({ rule, count, ids }) => ({
    rule: "table inconsistent",
    detail: `${rule}: ${count}, such as ${ids.slice(0, 3).join(", ")}`,
  }));
}
