import type { BusClient, BusEvent } from "@system-bus/events";
import type { InngestFunction } from "inngest";
import { eventId } from "../steps/event-id.ts";
import type { Finding } from "./alerts/decide-alerts.ts";
import { reportCheckFailure } from "./alerts/report-check-failure.ts";
import { type TellAlertsDeps, tellAlerts } from "./alerts/tell-alerts.ts";

export interface HeartbeatDeps extends TellAlertsDeps {
  /** What the worker's own health check finds wrong, in words. */
  readonly findProblems: () => Promise<readonly string[]>;
  /** Told of each heartbeat that has come to its end. */
  readonly onBeat: () => Promise<void>;
}

const HEARTBEAT = "heartbeat";
const WORKER_ALERT = `${HEARTBEAT}/worker`;
const PROBLEMS_MAX = 20;

/**
 * Every quarter of an hour: looks at the worker itself, and asks for the checks that take longer. What it
 * finds goes into the log when it changes. Checks are asked for by events whose ids are the beat's, so that
 * a beat that comes twice starts nothing twice.
 */
export function heartbeat(client: BusClient, deps: HeartbeatDeps): InngestFunction.Any {
  return client.createFunction(
    {
      id: HEARTBEAT,
      triggers: [{ cron: "*/15 * * * *" }],
      // While the worker is away the schedule goes on: what it has missed is one beat, not a pile.
      singleton: { mode: "skip" },
      retries: 2,
      onFailure: reportCheckFailure(HEARTBEAT, deps),
    },
    async ({ event, step, runId }) => {
      const problems = await step.run("check-health", async () =>
        (await deps.findProblems()).slice(0, PROBLEMS_MAX),
      );
      await step.sendEvent("fan-out", checksOf(beatOf(event, runId)));
      const changes = await tellAlerts(step, deps, {
        check: HEARTBEAT,
        runId,
        findings: findingsOf(problems),
        hasLookedAt: (alert) => alert.startsWith(`${HEARTBEAT}/`),
      });
      await step.run("beat", async () => {
        await deps.onBeat();
        return null;
      });
      return { problems, changes };
    },
  );
}

interface BeatEvent {
  readonly name?: string;
  readonly ts?: number | undefined;
}

const MINUTE_MS = 60_000;

/** A schedule's beat is its minute: fired twice, it is one. A person's beat is one of its own. */
export function beatOf({ name, ts }: BeatEvent, runId: string): string {
  if (name !== "inngest/scheduled.timer" || ts === undefined) return runId;
  return new Date(Math.floor(ts / MINUTE_MS) * MINUTE_MS).toISOString();
}

function checksOf(beat: string): BusEvent[] {
  return [
    { name: "system/triggers.audit", id: eventId("triggers.audit", beat), data: { beat } },
    { name: "system/functions.check", id: eventId("functions.check", beat), data: { beat } },
  ];
}

function findingsOf(problems: readonly string[]): readonly Finding[] {
  if (problems.length === 0) return [];
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return [
    {
      alert: WORKER_ALERT,
      title: `The worker has ${count}`,
      detail: problems.join("\n"),
      wellAgain: "The worker is well again",
    },
  ];
}
