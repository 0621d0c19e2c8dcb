import type { FlowControl } from "../../core/flow-control.ts";
import { readCancelOn } from "./cancel-on.ts";

/** Reads the flow control of a registered function. What is wrong with it is added to `problems`. */
export function readFlowControl(
  fields: Readonly<Record<string, unknown>>,
  problems: string[],
): FlowControl {
  const cancelOn = readCancelOn(fields["cancel"], problems);
  return { ...(cancelOn.length === 0 ? {} : { cancelOn }) };
}
