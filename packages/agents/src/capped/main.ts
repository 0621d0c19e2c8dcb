// One small process beside each agent that has caps, which its supervisor runs as the program: see
// `watch-agent.ts`. It loads neither zod nor the SDK.

import { hold } from "../held/hold.ts";
import { readOrder } from "./order.ts";
import { watchAgent } from "./watch-agent.ts";

await hold((dismissed) => watchAgent(readOrder(process.argv.slice(2)), dismissed));
