import type { FlowControl } from "../../core/flow-control.ts";
import { checkBatchCompanions, readBatching } from "./batching.ts";
import { readCancelOn } from "./cancel-on.ts";
import { readDebounce } from "./debounce.ts";
import { readPriority } from "./priority.ts";
import { readRateLimits } from "./rate-limits.ts";
import { readSingleton } from "./singleton.ts";
import { readThrottle } from "./throttle.ts";
import { readTimeouts } from "./timeouts.ts";

/** Reads the flow control of a registered function. What is wrong with it is added to `problems`. */
export function readFlowControl(
  fields: Readonly<Record<string, unknown>>,
  problems: string[],
): FlowControl {
  const cancelOn = readCancelOn(fields["cancel"], problems);
  const timeouts = readTimeouts(fields["timeouts"], problems);
  const rateLimits = readRateLimits(fields, problems);
  const debounce = readDebounce(fields["debounce"], problems);
  const singleton = readSingleton(fields["singleton"], problems);
  const throttle = readThrottle(fields["throttle"], problems);
  const priority = readPriority(fields["priority"], problems);
  const batch = readBatching(fields["batchEvents"], problems);
  const flow: FlowControl = {
    ...(cancelOn.length === 0 ? {} : { cancelOn }),
    ...(timeouts === null ? {} : { timeouts }),
    ...(priority === null ? {} : { priority }),
    ...(throttle === null ? {} : { throttle }),
    ...(batch === null ? {} : { batch }),
    ...(debounce === null ? {} : { debounce }),
    ...(singleton === null ? {} : { singleton }),
    ...(rateLimits.length === 0 ? {} : { rateLimits }),
  };
  checkBatchCompanions(flow, problems);
  return flow;
}
