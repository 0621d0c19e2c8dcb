import type { BusEvent } from "@system-bus/events";
import { oneLine } from "../../notes/plain-text.ts";
import { eventId } from "../../steps/event-id.ts";
import { withoutCredentials } from "../../video/video-address.ts";
import type { AlertBook } from "./alert-book.ts";
import type { AlertChange, Finding } from "./decide-alerts.ts";

export interface TellStep {
  // The SDK gives back what `work` returned, by way of JSON.
  run(id: string, work: () => Promise<unknown>): Promise<unknown>;
  sendEvent(id: string, events: BusEvent[]): Promise<unknown>;
}

export interface TellAlertsDeps {
  readonly alerts: AlertBook;
  /** Told of each line that the log has to get. */
  readonly onMilestone: (eventId: string) => void;
}

export interface Looked {
  /** The check's own id: the log names it as the tool. */
  readonly check: string;
  /** Ids of what is told are made of it: a step that is repeated tells nothing twice. */
  readonly runId: string;
  readonly findings: readonly Finding[];
  readonly hasLookedAt: (alert: string) => boolean;
}

/**
 * Tells what has changed, to the log and to whoever hears alerts. It is remembered after it was sent: a
 * crash in between sends it again, under the same ids, and what could not be sent is not held for told.
 */
export async function tellAlerts(
  step: TellStep,
  { alerts, onMilestone }: TellAlertsDeps,
  { check, runId, findings, hasLookedAt }: Looked,
): Promise<number> {
  // A list of AlertChange, made plain by the SDK.
  const changes = (await step.run("compare-alerts", () =>
    alerts.decide(findings, hasLookedAt),
  )) as readonly AlertChange[];
  if (changes.length === 0) return 0;
  const alertEvents = changes.map((change) => alertFor(runId, change));
  const lines = changes.map((change) => logLineFor(check, runId, change));
  await step.sendEvent("tell-alerts", [...alertEvents, ...lines]);
  for (const { id } of lines) if (id !== undefined) onMilestone(id);
  await step.run("keep-alerts", async () => {
    await alerts.keep(findings, hasLookedAt);
    return null;
  });
  return changes.length;
}

const DETAIL_MAX = 8_000;

function alertFor(runId: string, change: AlertChange): BusEvent {
  const { alert, state, title } = change;
  const detail = detailOf(change);
  return {
    name: "system/alert",
    id: eventId("alert", runId, alert, state),
    data: {
      alert: oneLine(alert).slice(0, 500),
      state,
      title: titleOf(title),
      ...(detail === "" ? {} : { detail }),
    },
  };
}

function logLineFor(check: string, runId: string, change: AlertChange): BusEvent {
  const detail = detailOf(change);
  return {
    name: "system/log",
    id: eventId("alert-log", runId, change.alert, change.state),
    data: {
      action: change.state === "raised" ? "alert" : "clear",
      tool: check,
      detail: `${titleOf(change.title)}${detail === "" ? "" : `: ${detail}`}`,
    },
  };
}

function titleOf(title: string): string {
  return oneLine(withoutCredentials(title)).slice(0, 500) || "Something is wrong";
}

function detailOf({ detail = "" }: AlertChange): string {
  return withoutCredentials(detail).trim().slice(0, DETAIL_MAX);
}
