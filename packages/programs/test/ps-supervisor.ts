// The supervisor as it is on macOS: processes through ps, and no marks, as where the system's own
// programs hide their environment.

import { systemClock } from "../src/clock.ts";
import { parseOrder } from "../src/supervisor/order.ts";
import { supervise } from "../src/supervisor/supervise.ts";
import { openMacLikeTable } from "./mac-like-table.ts";

let isDismissed = false;
process.on("SIGTERM", () => {
  isDismissed = true;
});

await supervise(parseOrder(await Bun.stdin.text()), {
  table: openMacLikeTable(),
  clock: systemClock,
  isDismissed: () => isDismissed,
  log: (message) => console.error(message),
});
process.exit(0);
