// One small process per running program. It outlives the worker that started it, so it takes nothing
// from it but an order on its stdin, and it is told to go by a signal.

import { systemClock } from "../clock.ts";
import { openProcessTable } from "../processes/open-process-table.ts";
import { createKeepAwake } from "./keep-awake.ts";
import { parseOrder } from "./order.ts";
import { supervise } from "./supervise.ts";

let isDismissed = false;
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  process.on(signal, () => {
    isDismissed = true;
  });
}

const log = (message: string) => {
  process.stderr.write(`${new Date().toISOString()} ${message}\n`);
};

try {
  // A worker that died while it wrote the order leaves half of one: it does not parse, nothing runs.
  const order = parseOrder(await Bun.stdin.text());
  await supervise(order, {
    table: openProcessTable(),
    clock: systemClock,
    isDismissed: () => isDismissed,
    keepAwake: createKeepAwake({ platform: process.platform, log }),
    log,
  });
  process.exit(0);
} catch (error) {
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(1);
}
