// `igs setup` from its flags to a bus that runs: look, ask, plan, do, verify.

import { readFile } from "node:fs/promises";
import { systemClock } from "../clock.ts";
import { DockerClient } from "../containers/docker-client.ts";
import { type RunClient, runClient } from "../containers/run-client.ts";
import type { CliContext } from "../context.ts";
import { openDaemonWorld } from "../daemon/daemon-world.ts";
import { loadSettings } from "../load-settings.ts";
import type { Answer } from "../output/envelope.ts";
import { CliError } from "../output/failure.ts";
import type { Io } from "../output/io.ts";
import type { CheckResult } from "../verify/check-result.ts";
import { openVerifyScene } from "../verify/open-verify-scene.ts";
import { runChecks } from "../verify/run-checks.ts";
import { applyStep, type SetupWorld } from "./apply-step.ts";
import { KubectlClient } from "./cluster/kubectl-client.ts";
import { findAnswers, withAbsoluteFolders } from "./find-answers.ts";
import { lookAround, lookAtMachine, type MachineFacts } from "./look-around.ts";
import { checkOwnWorker, describeOwnWorker, writeOwnWorker } from "./own-worker.ts";
import { planSetup, type SetupPlan } from "./plan-setup.ts";
import type { SetupAnswers, SetupFlags } from "./setup-answers.ts";
import { writeSetupRecord } from "./setup-record.ts";
import { createBusStarter } from "./start-bus.ts";
import { describeEnd, describePlan, tellStep } from "./tell-setup.ts";

export interface RunSetupFlags extends SetupFlags {
  readonly dryRun?: boolean;
}

interface Scene {
  readonly io: Io;
  readonly context: CliContext;
}

/** `run` is how docker and kubectl are called. */
export async function runSetup(
  { io, context }: Scene,
  given: RunSetupFlags,
  run: RunClient = runClient,
): Promise<Answer> {
  const { dryRun, ...flags } = withAbsoluteFolders(context, given);
  const env = definedIn(context.env);
  const signal = context.listenForStop();
  const clients = {
    daemons: openDaemonWorld(env, signal),
    docker: new DockerClient(run, env),
    kubectl: new KubectlClient(run, env),
  };
  const seen = await lookAtMachine(context, clients);
  const { answers, wereAsked } = await findAnswers({ io, context }, flags, seen);
  if (answers.ownWorker !== null) await checkOwnWorker(answers.ownWorker);
  // A person may have thought for long, and changed things meanwhile.
  const machine = wereAsked ? await lookAtMachine(context, clients) : seen;
  const found = await lookAround(context, answers, machine, clients);
  const plan = planSetup(answers, found);
  for (const warning of plan.warnings) io.warn(warning);
  if (dryRun) return describePlan(plan, answers);
  await askGoAhead({ io, context }, plan, flags);

  const readNow = () => loadSettings(context, { mode: "start" });
  const bus = createBusStarter({
    answers,
    env,
    clock: systemClock,
    daemons: clients.daemons,
    talk: { tell: (text) => io.status(`… ${text}`), warn: (text) => io.warn(text) },
    readSettingsText: () => readFile(machine.settings.settingsFile, "utf8").catch(() => ""),
  });
  const doneCount = await applyPlan(io, plan, {
    ...{ answers, found, ...clients, bus, signal, keys: plan.keys },
    ...{ clock: systemClock, readSettings: readNow },
  });
  if (answers.start === "none") await rememberTier(machine, answers);
  const settings = readNow();
  const worker = answers.ownWorker && (await writeOwnWorker(answers.ownWorker, settings));
  if (worker !== null) {
    const isThere = worker.written.length === 0;
    tellStep(io, { kind: "write-worker", isDone: isThere, text: describeOwnWorker(worker) });
  }
  const checks = answers.start === "none" ? [] : await verifyBus({ io, context }, signal);
  return describeEnd(answers, plan, { doneCount, settings, worker, checks });
}

/** What ends nothing of it: a bus that was there already may be in the middle of something. */
async function verifyBus(scene: Scene, signal: AbortSignal): Promise<readonly CheckResult[]> {
  const checks = await runChecks(await openVerifyScene(scene, { kill: false }, signal));
  if (signal.aborted) throw interrupted("the verification");
  return checks;
}

/** What the next set-up proposes. With a bus it is written down with the bus. */
async function rememberTier(
  { settings, record }: MachineFacts,
  { tier }: SetupAnswers,
): Promise<void> {
  if (record?.tier === tier) return;
  const none = { start: "none", pid: null, settingsMark: "" } as const;
  await writeSetupRecord(settings.folders.root, { ...none, ...record, tier });
}

async function askGoAhead(
  { io, context }: Scene,
  { steps }: SetupPlan,
  { yes }: SetupFlags,
): Promise<void> {
  if (io.isJson || yes === true || context.openPrompter === undefined) return;
  const open = steps.filter(({ isDone }) => !isDone);
  if (open.length === 0) return;
  io.emit({ type: "plan" }, open.map(({ text }) => `  · ${text}`).join("\n"));
  const prompter = await context.openPrompter();
  if (await prompter.confirm("Do this?", true)) return;
  throw new CliError({
    code: "interrupted",
    message: "Stopped. Nothing was changed.",
    fix: "Run `igs setup` again when you want it.",
  });
}

/** Returns how many steps had to be done. */
async function applyPlan(io: Io, plan: SetupPlan, world: SetupWorld): Promise<number> {
  let doneCount = 0;
  for (const { act, isDone, text } of plan.steps) {
    if (world.signal.aborted) throw interrupted(text);
    if (isDone) {
      tellStep(io, { kind: act.kind, isDone, text });
      continue;
    }
    io.status(`… ${text}`);
    await applyStep(act, world).catch((error: unknown) => {
      // What was ended with us has no fault of its own to tell.
      throw world.signal.aborted ? interrupted(text) : error;
    });
    if (world.signal.aborted) throw interrupted(text);
    doneCount += 1;
    tellStep(io, { kind: act.kind, isDone, text });
  }
  return doneCount;
}

function interrupted(text: string): CliError {
  return new CliError({
    code: "interrupted",
    message: `Interrupted at “${text}”.`,
    fix: "Run the same command again: it goes on where it stopped.",
  });
}

function definedIn(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
