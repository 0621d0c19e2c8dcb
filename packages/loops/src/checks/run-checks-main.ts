// The program that runs checks: one after the other, each with its time limit, its processes gone before
// the next begins. It says what each came to as a line of JSON on its stdout, so that what was done is
// known even if it doesn't get to its end. Its only argument is the file with its order.

import { readFile } from "node:fs/promises";
import { ChecksOrderSchema } from "./checks-order.ts";
import { runChecks } from "./run-checks.ts";

const [orderPath] = process.argv.slice(2);
if (orderPath === undefined) throw new Error("usage: run-checks-main <file with the order>");
const order = ChecksOrderSchema.parse(JSON.parse(await readFile(orderPath, "utf8")));
await runChecks(order, {
  env: process.env,
  tell: (result) => process.stdout.write(`${JSON.stringify(result)}\n`),
});
