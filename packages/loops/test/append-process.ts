// Appends facts to one journal while others do the same; prints the keys whose fact it was first to
// bring. Usage: <loops folder> <loop> <name> <count>

import { loopPlaces } from "../src/record/loop-places.ts";
import { openLoopRecord } from "../src/record/loop-record.ts";
import { someFact } from "./some-facts.ts";

const [, , folder = "", loopId = "", name = "", count = "0"] = process.argv;
const record = openLoopRecord(loopPlaces(folder, loopId));
process.stdout.write("ready\n");
await Bun.stdin.text();
for (let attempt = 1; attempt <= Number(count); attempt += 1) {
  // Larger than a page of memory: the kernel may be stopped between two.
  const files = Array.from({ length: 200 }, (_, index) => `src/of-${name}/file-${index}.ts`);
  const fact = someFact("implemented", { attempt, files, problem: name });
  if (await record.append(fact)) process.stdout.write(`${fact.key}\n`);
}
