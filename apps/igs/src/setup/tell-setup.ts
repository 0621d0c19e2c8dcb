// What a person and a program are told of a set-up.

import type { Settings } from "@system-bus/settings";
import type { Answer } from "../output/envelope.ts";
import type { Io } from "../output/io.ts";
import type { Scaffolded } from "../scaffold/scaffold-worker.ts";
import { forPeople } from "../supervisor/announce.ts";
import type { CheckResult } from "../verify/check-result.ts";
import { nextActions } from "./next-actions.ts";
import { describeRest } from "./own-worker.ts";
import type { SetupPlan } from "./plan-setup.ts";
import type { SetupAnswers } from "./setup-answers.ts";

export interface ToldStep {
  readonly kind: string;
  /** There was nothing to change. */
  readonly isDone: boolean;
  readonly text: string;
}

export function tellStep(io: Io, { kind, isDone, text }: ToldStep): void {
  const state = isDone ? "unchanged" : "done";
  const line = isDone
    ? io.paint.faint(`= ${text}: nothing to change`)
    : `${io.paint.good("✓")} ${text}`;
  io.emit({ type: "step", step: kind, state, text }, line);
}

export function describePlan(
  { steps, warnings }: SetupPlan,
  { tier, ownWorker }: SetupAnswers,
): Answer {
  const worker =
    ownWorker === null
      ? []
      : [`· Write a worker into ${ownWorker.folder}; files that are there stay as they are`];
  const lines = steps.map(({ isDone, text }) =>
    isDone ? `= ${text}: nothing to change` : `· ${text}`,
  );
  return {
    result: {
      tier,
      ownWorker,
      warnings,
      steps: steps.map(({ act, isDone, text }) => ({ step: act.kind, isDone, text })),
    },
    text: [...lines, ...worker, "", "Nothing was changed: this is the plan."].join("\n"),
    nextActions: [{ command: "igs setup", description: "Do it" }],
  };
}

export interface SetupEnd {
  readonly doneCount: number;
  readonly settings: Settings;
  readonly worker: Scaffolded | null;
  /** What was verified; empty when nothing was started. */
  readonly checks: readonly CheckResult[];
}

export function describeEnd(
  answers: SetupAnswers,
  { steps, warnings }: SetupPlan,
  { doneCount, settings, worker, checks }: SetupEnd,
): Answer {
  const actions = nextActions(answers);
  const { engineUrl, vault, settingsFile } = settings;
  const first =
    doneCount === 0
      ? "Everything was as it should be."
      : `Done: ${doneCount} of ${steps.length} steps had to be.`;
  const dashboard = answers.start === "none" ? [] : [`Dashboard  ${forPeople(engineUrl)}`];
  const width = Math.max(...actions.map(({ command }) => command.length)) + 2;
  const next = actions.map(
    ({ command, description }) => `  ${command.padEnd(width)}${description}`,
  );
  const rest = worker === null ? [] : describeRest(worker);
  return {
    result: {
      tier: answers.tier,
      doneCount,
      engineUrl,
      vault,
      settingsFile,
      worker,
      checks,
      warnings,
    },
    text: ["", first, ...dashboard, `Vault      ${vault}`, ...rest, "", "Next:", ...next].join(
      "\n",
    ),
    nextActions: actions,
    ...findFailure(checks),
  };
}

function findFailure(checks: readonly CheckResult[]): Pick<Answer, "failure"> {
  const broken = checks.find(({ state }) => state === "failed");
  if (broken?.state !== "failed") return {};
  const message = `Everything is set up, and the bus is not well: ${broken.text}.`;
  return { failure: { code: "unhealthy", message, fix: broken.cure } };
}
