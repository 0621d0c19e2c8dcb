import { hasEnded } from "@system-bus/inngest-api";
import type { Io } from "../output/io.ts";
import { renderTable } from "../output/table.ts";
import type {
  LackingFunction,
  LackReason,
  MigrationPlan,
  MovingRun,
  RepeatedRun,
  StayReason,
} from "./decide-migration.ts";

/** Rows that a person reads; the rest is counted. */
const ROWS_MAX = 30;

export interface PlanScene {
  readonly from: string;
  readonly to: string;
  readonly io: Pick<Io, "paint" | "columnsMax">;
}

/** What would happen, run by run, for people. */
export function describePlan(plan: MigrationPlan, { from, to, io }: PlanScene): string {
  const { moving, toSend, sentBefore, staying, repeated } = plan;
  const blocks = [
    `${count(toSend.length, "event")} to send from ${from} to ${to}, for ${count(moving.length, "unfinished run")}.`,
    moving.length === 0 ? "" : renderMoving(moving, io),
    sentBefore.length === 0
      ? ""
      : `Sent before, and left out: ${count(sentBefore.length, "event")}.`,
    list("Their events start these once more as well:", describeRepeats(repeated)),
    list(
      "These stay where they are:",
      staying.map(({ run, reason }) => `${run.id} ${run.function.id}: ${STAY_WORDS[reason]}`),
    ),
    list("The target can't run these:", plan.lacking.map(describeLacking)),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

function renderMoving(moving: readonly MovingRun[], io: PlanScene["io"]): string {
  const rows = moving
    .slice(0, ROWS_MAX)
    .map((one) => [
      one.run.id,
      one.run.function.id,
      one.run.status.toLowerCase(),
      describeMove(one),
    ]);
  const header = ["RUN", "FUNCTION", "HERE", "THERE"];
  const table = renderTable(header, rows, {
    columnsMax: io.columnsMax,
    styleHeader: io.paint.faint,
  });
  return moving.length > ROWS_MAX ? `${table}\n… and ${moving.length - ROWS_MAX} more` : table;
}

/** What starting from the beginning means for a run. */
function describeMove(one: MovingRun): string {
  const { doneSteps, answeredWaits, openWaits, batchSize, goneEventCount } = one;
  const parts = [
    doneSteps.length === 0 ? "starts" : `does again: ${few(doneSteps)}`,
    answeredWaits.length === 0 ? "" : `waits for another event: ${few(answeredWaits)}`,
    openWaits.length === 0 ? "" : `waits from the beginning: ${few(openWaits)}`,
    batchSize > 1 ? `its batch of ${batchSize} is put together anew` : "",
    goneEventCount > 0 ? `without ${goneEventCount} that are no longer kept` : "",
  ];
  return parts.filter((part) => part !== "").join("; ");
}

/** By function, and how it stands with its runs here. */
function describeRepeats(repeated: readonly RepeatedRun[]): readonly string[] {
  const groups = Map.groupBy(repeated, ({ run }) => {
    const here = hasEnded(run.status) ? `${run.status.toLowerCase()} here` : "goes on here";
    return `${run.function.id}, ${here}`;
  });
  return [...groups].map(([words, group]) => `${words}: by ${count(group.length, "event")}`);
}

const STAY_WORDS = {
  schedule: "started by a schedule; the target keeps schedules of its own",
  "invoked-by-step": "invoked by a step of another run, which invokes it again where it moves to",
  "invoked-by-program": "invoked through the API; `igs invoke` does so at the target",
  "engine-event": "started by an event of the engine's own, which nobody else may send",
  "event-gone": "its event is no longer kept",
} as const satisfies Record<StayReason, string>;

const LACK_WORDS = {
  "not-registered": "is not registered there",
  "has-problem": "has a problem there, and is not started",
  paused: "is paused there",
  "not-triggered": "is not started there by",
} as const satisfies Record<LackReason, string>;

export function describeLacking(lacking: LackingFunction): string {
  const { appId, functionId, reason, eventName, runCount } = lacking;
  const words = LACK_WORDS[reason] + (reason === "not-triggered" ? ` ${eventName}` : "");
  return `${appId}/${functionId} (${count(runCount, "run")}) ${words}`;
}

function list(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  const more = lines.length > ROWS_MAX ? [`… and ${lines.length - ROWS_MAX} more`] : [];
  return [title, ...[...lines.slice(0, ROWS_MAX), ...more].map((line) => `  ${line}`)].join("\n");
}

function few(names: readonly string[]): string {
  const SHOWN = 5;
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  return `${names.slice(0, SHOWN).join(", ")}${more}`;
}

export function count(number: number, noun: string): string {
  return `${number === 0 ? "no" : number} ${number === 1 ? noun : `${noun}s`}`;
}
