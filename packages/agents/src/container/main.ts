// One small process beside each container whose program has no caps, which its supervisor runs as the
// program: see `hold-container.ts`. It loads neither zod nor the SDK.

import { hold } from "../held/hold.ts";
import type { ContainerOrder } from "./container-order.ts";
import { startContainer } from "./hold-container.ts";

await hold(async (dismissed) => {
  const [text = "", ...argv] = process.argv.slice(2);
  // From `dockerized` of this very version: whoever made the spec starts us beside it.
  const order = JSON.parse(text) as ContainerOrder;
  const cwd = process.cwd();
  const container = await startContainer({ order, argv, cwd, env: process.env });
  dismissed.addEventListener("abort", () => container.kill());
  if (dismissed.aborted) container.kill();
  return container.ended;
});
