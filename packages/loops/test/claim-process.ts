// Takes and gives back the claim of one project, again and again, while others do the same. While it
// holds it, it makes a file that nobody else may have made, and removes it. Prints that it is done.
// Usage: <loops folder> <loop> <how often it holds it>

import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { releaseClaim, takeClaim } from "../src/record/claim.ts";
import { PROJECT } from "./things-with-record.ts";

const [, , folder = "", loopId = "", times = "0"] = process.argv;
const witness = join(folder, "witness");
process.stdout.write("ready\n");
await Bun.stdin.text();
for (let held = 0; held < Number(times); ) {
  const at = new Date().toISOString();
  const taking = await takeClaim(folder, { project: PROJECT, loopId, at });
  if (taking.kind === "held") continue;
  held += 1;
  await (await open(witness, "wx")).close();
  await rm(witness);
  await releaseClaim(folder, { project: PROJECT, loopId });
  // A second one, late, as of a step that runs twice.
  await releaseClaim(folder, { project: PROJECT, loopId });
}
process.stdout.write("done\n");
