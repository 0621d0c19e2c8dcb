// The supervisor as it is on macOS: processes through ps, and no marks, as where the system's own
// programs hide their environment.

import { systemClock } from "../src/clock.ts";
import { createKeepAwake } from "../src/supervisor/keep-awake.ts";
import { parseOrder } from "../src/supervisor/order.ts";
import { supervise } from "../src/supervisor/supervise.ts";
import { openMacLikeTable } from "./mac-like-table.ts";

let isDismissed = false;
process.on("SIGTERM", () => {
  isDismissed = true;
});

const log = (message: string) => console.error(message);

await supervise(parseOrder(await Bun.stdin.text()), {
  table: openMacLikeTable(),
  clock: systemClock,
  isDismissed: () => isDismissed,
  // A test puts its own in front on the PATH.
  keepAwake: createKeepAwake({
    platform: "darwin",
    log,
    caffeinate: Bun.which("caffeinate") ?? "/usr/bin/caffeinate",
  }),
  log,
});
process.exit(0);
