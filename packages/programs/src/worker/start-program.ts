import { closeSync, openSync } from "node:fs";
import { access, constants, readFile, stat } from "node:fs/promises";
import { openProgramFolder, type ProgramFolder } from "../folder/program-folder.ts";
import { openStopMarks } from "../folder/stop-marks.ts";
import { bury } from "../life/bury.ts";
import { readLife } from "../life/read-life.ts";
import { passedEnvironment, programEnvironment } from "../program-environment.ts";
import { ProgramError } from "../program-error.ts";
import { type ProgramKeyParts, programKey } from "../program-key.ts";
import type { ProgramSpec } from "../program-spec.ts";
import type { LaunchOrder, SupervisorOrder } from "../supervisor/order.ts";
import { checkSpec } from "./check-spec.ts";
import type { WorkerDeps } from "./worker-deps.ts";

export interface StartRequest extends ProgramKeyParts {
  readonly spec: ProgramSpec;
}

const CLAIM_MAX_MS = 15_000;
const CLAIM_LOOK_EVERY_MS = 20;
const BURY_GRACE_MS = 1_000;
const LOG_TAIL_CHARS = 2_000;

/**
 * Starts the program, or finds the one that was started for this key before. Returns when its
 * supervisor has claimed it: from then on nothing depends on this process.
 */
export async function startProgram(deps: WorkerDeps, request: StartRequest): Promise<string> {
  const { dir, slots, table, clock } = deps;
  const { spec, runId } = request;
  checkSpec(spec, slots);
  const key = programKey(request);
  if (await openStopMarks(dir).isSet(runId)) {
    throw new ProgramError("RUN_STOPPED", `run ${runId} was ended; ${spec.command} is not started`);
  }

  const folder = openProgramFolder(dir, key);
  const life = await readLife(folder, table);
  if (life.state === "absent" || life.state === "requested") {
    await superviseNew(deps, { request, folder });
  } else if (life.state === "orphaned") {
    await bury(folder, { table, clock, endedBy: "lost", graceMs: BURY_GRACE_MS });
  }
  return key;
}

interface NewProgram {
  readonly request: StartRequest;
  readonly folder: ProgramFolder;
}

/** Two of these at once are harmless: each starts a supervisor, and one of those gets the claim. */
async function superviseNew(deps: WorkerDeps, { request, folder }: NewProgram): Promise<void> {
  const { spec, runId, stepId, attempt } = request;
  const launch = await resolveLaunch(deps, { request, folder });
  await folder.make();
  await folder.writeRequest({
    ...{ runId, stepId, attempt },
    command: spec.command,
    args: spec.args,
    slot: spec.slot ?? null,
    wallClockMaxMs: spec.wallClockMaxMs,
    requestedAt: new Date(deps.clock.nowMs()).toISOString(),
  });
  const { slot } = spec;
  await spawnSupervisor(deps, folder, {
    ...{ dir: deps.dir, key: folder.key, runId, stepId, attempt, launch },
    slot: slot === undefined ? null : { name: slot, capacity: deps.slots[slot] ?? 1 },
    wallClockMaxMs: spec.wallClockMaxMs,
    graceMaxMs: spec.graceMaxMs ?? null,
    outputMaxBytes: deps.outputMaxBytes,
    sendTo: deps.sendTo,
  });
}

async function resolveLaunch(
  deps: WorkerDeps,
  { request: { spec }, folder }: NewProgram,
): Promise<LaunchOrder> {
  const env = programEnvironment({ env: deps.env, added: spec.env ?? {}, key: folder.key });
  const command = Bun.which(spec.command, { PATH: env["PATH"] ?? "" });
  if (command === null) {
    throw new ProgramError(
      "COMMAND_MISSING",
      `${spec.command} is not installed, or not on the PATH of the worker (${env["PATH"] ?? "empty"})`,
    );
  }
  const cwd = spec.cwd ?? folder.workPath;
  if (spec.cwd !== undefined && !(await isFolder(spec.cwd))) {
    throw new ProgramError(
      "SPEC_INVALID",
      `${spec.command} cannot start in ${cwd}: no such folder`,
    );
  }
  const inputPath = spec.inputPath ?? null;
  if (inputPath !== null && !(await isReadableFile(inputPath))) {
    throw new ProgramError(
      "SPEC_INVALID",
      `${spec.command} cannot read its input from ${inputPath}: no such file`,
    );
  }
  return { command, args: spec.args, cwd, inputPath, env };
}

/** Anything else, such as a named pipe, could keep the program waiting for ever. */
async function isReadableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** In a session of its own, so that neither our death nor a Ctrl-C at the terminal reaches it. */
async function spawnSupervisor(
  deps: WorkerDeps,
  folder: ProgramFolder,
  order: SupervisorOrder,
): Promise<void> {
  const log = openSync(folder.supervisorLogPath, "a", 0o600);
  const child = (() => {
    try {
      // The key in the arguments is for people who look at ps; the order itself goes through stdin.
      return Bun.spawn([...deps.supervisorCommand, order.key], {
        cwd: folder.path,
        env: { ...passedEnvironment(deps.env) },
        stdin: "pipe",
        stdout: log,
        stderr: log,
        detached: true,
      });
    } finally {
      closeSync(log);
    }
  })();
  child.unref();
  child.stdin.write(JSON.stringify(order));
  await child.stdin.end();
  await waitForClaim(child, folder, deps);
}

async function waitForClaim(
  child: Bun.Subprocess,
  folder: ProgramFolder,
  { clock }: WorkerDeps,
): Promise<void> {
  const beganMs = clock.steadyMs();
  for (;;) {
    const hasLeft = child.exitCode !== null || child.signalCode !== null;
    if ((await folder.readClaim()) !== null) return;
    if (hasLeft || clock.steadyMs() - beganMs > CLAIM_MAX_MS) {
      const said = await readFile(folder.supervisorLogPath, "utf8").catch(() => "");
      throw new ProgramError(
        "SUPERVISOR_FAILED",
        `the supervisor of ${folder.key} ${hasLeft ? "failed" : "did not report"}: ${said.slice(-LOG_TAIL_CHARS).trim()}`,
      );
    }
    await clock.sleepMs(CLAIM_LOOK_EVERY_MS);
  }
}
