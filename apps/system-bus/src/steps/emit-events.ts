import type { BusEvent } from "@system-bus/events";
import { loggedEventNames } from "../system/log-entry-for.ts";

export interface MilestoneDeps {
  /** Told of each milestone that the log has to get. */
  readonly onMilestone: (eventId: string) => void;
}

interface SendStep {
  sendEvent(id: string, events: BusEvent[]): Promise<unknown>;
}

const loggedNames: ReadonlySet<string> = new Set(loggedEventNames);

/** The last step of a pipeline's function: what it did is told, and the next function is asked. */
export async function emitEvents(
  step: SendStep,
  { onMilestone }: MilestoneDeps,
  events: readonly BusEvent[],
): Promise<void> {
  await step.sendEvent("emit-events", [...events]);
  for (const { name, id } of events) if (id !== undefined && loggedNames.has(name)) onMilestone(id);
}
