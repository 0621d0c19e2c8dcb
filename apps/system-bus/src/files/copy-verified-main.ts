// The copy as a program of its own: `bun copy-verified-main.ts SOURCE TARGET`. A film takes minutes to
// reach a network drive; as a supervised program the copy outlives the worker and blocks no step.
// Prints one line of JSON: what was done, or `{"error": <system code or null>, "message": …}` and ends with 1.

import { systemCode } from "../worker-error.ts";
import { copyVerified } from "./copy-verified.ts";

const [source, target] = process.argv.slice(2);
if (!source || !target) {
  console.error("usage: copy-verified-main.ts SOURCE TARGET");
  process.exit(2);
}

try {
  console.log(JSON.stringify(await copyVerified(source, target)));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.log(JSON.stringify({ error: systemCode(error) ?? null, message }));
  process.exit(1);
}
