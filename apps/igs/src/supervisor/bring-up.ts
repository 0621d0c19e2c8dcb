// `igs dev` and `igs start`: from settings to parts that run. Everything that can be refused is
// refused before anything is started or written.

import { checkStateForm, ensureKeys, openStateFolder, type Settings } from "@system-bus/settings";
import { systemClock } from "../clock.ts";
import { DockerClient, describeNoDocker } from "../containers/docker-client.ts";
import { runClient } from "../containers/run-client.ts";
import type { CliContext } from "../context.ts";
import { loadSettings } from "../load-settings.ts";
import type { Answer } from "../output/envelope.ts";
import { CliError, type Failure } from "../output/failure.ts";
import type { Io } from "../output/io.ts";
import { probeEngine } from "../status/probe-engine.ts";
import { announceStart, forPeople } from "./announce.ts";
import { canListen, checkPort, findFreePorts } from "./check-port.ts";
import { countUnfinished } from "./count-unfinished.ts";
import { describeExit, describeSupervisorChange } from "./describe-supervisor-change.ts";
import { findEngineChangeFailure } from "./engine-change.ts";
import { chooseEngine, type EnginePlan } from "./engine-choice.ts";
import { containerPart, embeddedEnginePart, inngestPart } from "./engine-parts.ts";
import { type EngineRecord, readEngineRecord, writeEngineRecord } from "./engine-record.ts";
import { type FoundInngest, findInngest } from "./find-inngest.ts";
import { startKeptContainer } from "./kept-container.ts";
import type { PartSpec } from "./part.ts";
import { type StartPart, startPart } from "./part-process.ts";
import {
  createPartsRecorder,
  isProcessAlive,
  readPartsRecord,
  waitForLeftovers,
} from "./parts-record.ts";
import { DEV_RESTART_POLICY, RESTART_POLICY } from "./restart-policy.ts";
import { type PartFailure, supervise } from "./supervise.ts";
import { workerPart } from "./worker-part.ts";

export interface BringUpFlags {
  readonly engine?: string;
  readonly engineUrl?: string;
  readonly host?: string;
  readonly enginePort?: number;
  readonly workerPort?: number;
  readonly vault?: string;
  /** Only the embedded engine checks names. */
  readonly allowHost?: readonly string[];
}

type UsablePlan = Exclude<EnginePlan, { kind: "refuse" }>;

export interface Scene {
  readonly io: Io;
  readonly context: CliContext;
  readonly mode: Settings["mode"];
}

/** Returns when all parts have stopped. */
export async function bringUp(scene: Scene, flags: BringUpFlags): Promise<Answer> {
  const { io, context, mode } = scene;
  const read = loadSettings(context, { mode, flags: withPorts(flags) });
  checkStateForm(read.folders.root);
  const signal = context.listenForStop();
  await leaveToLeftovers(read, { io, signal });
  const plan = await decidePlan(read, context);
  const inngest = plan.kind === "start-inngest" ? await findInngest() : null;
  await checkPorts(read, plan);
  await checkEngineChange(read, plan);
  openStateFolder(read.folders.root);
  const settings = takeKeys(read, plan);

  const lines = announceStart(plan, settings, inngest);
  const { engineUrl, workerUrl, folders, vault } = settings;
  const facts = { mode, engine: plan.kind, engineUrl, workerUrl, stateFolder: folders.root, vault };
  io.emit({ type: "starting", ...facts }, lines.join("\n"));
  for (const warning of settings.warnings) io.warn(warning);

  const recorder = createPartsRecorder(folders.root, process.pid, {
    mode,
    engine: plan.kind,
    engineUrl,
    workerOrigin: settings.workerOrigin,
  });
  const failure = await supervise({
    specs: partSpecs(settings, plan, {
      inngest,
      env: definedIn(context.env),
      allowedHosts: flags.allowHost ?? [],
    }),
    startPart: recordingStart(recorder),
    restartPolicy: mode === "dev" ? DEV_RESTART_POLICY : RESTART_POLICY,
    clock: systemClock,
    signal,
    tell(change) {
      if (change.type === "part-ready") recorder.noteReady(change.part);
      io.emit({ ...change }, describeSupervisorChange(change, io.paint));
    },
    onAllReady() {
      io.emit({ type: "ready" }, `Ready: ${forPeople(engineUrl)}  (Ctrl-C stops; programs go on)`);
      if (mode === "start") void recordEngine(settings, plan);
    },
  });
  recorder.clear();
  const nextActions = [{ command: `igs ${mode}`, description: "Start again" }];
  if (failure) return { result: facts, text: "", nextActions, failure: explainPart(failure) };
  return { result: facts, text: "Stopped.", nextActions };
}

/** A 0 becomes a free port here: engine and worker must know each other's before they start. */
function withPorts(flags: BringUpFlags): BringUpFlags {
  const [enginePort, workerPort] = findFreePorts(flags.host ?? "127.0.0.1", 2);
  return {
    ...flags,
    ...(flags.enginePort === 0 && enginePort !== undefined ? { enginePort } : {}),
    ...(flags.workerPort === 0 && workerPort !== undefined ? { workerPort } : {}),
  };
}

/** Before anybody looks who answers on the ports: it may be about to leave. */
async function leaveToLeftovers(
  { folders, host, enginePort, workerPort }: Settings,
  { io, signal }: { readonly io: Io; readonly signal: AbortSignal },
): Promise<void> {
  await waitForLeftovers(readPartsRecord(folders.root), {
    clock: systemClock,
    signal,
    isAlive: isProcessAlive,
    arePortsFree: () => canListen(host, enginePort) && canListen(host, workerPort),
    tell: (text) => io.emit({ type: "waiting", text }, text),
  });
}

function recordingStart(recorder: ReturnType<typeof createPartsRecorder>): StartPart {
  return (spec, tellLine) => {
    const part = startPart(spec, tellLine);
    recorder.add(spec.name, part.pid);
    return part;
  };
}

async function decidePlan(settings: Settings, context: CliContext): Promise<UsablePlan> {
  const plan = chooseEngine(settings, await probeEngine(settings.engineUrl));
  if (plan.kind === "refuse") throw new CliError(plan.failure);
  if (plan.kind !== "start-container") return plan;
  const docker = new DockerClient(runClient, definedIn(context.env));
  const state = await docker.look();
  if (state.kind !== "ready") throw new CliError(describeNoDocker(state));
  if (settings.mode === "dev") return plan;
  const kept = await startKeptContainer(settings, {
    docker,
    clock: systemClock,
    signal: context.listenForStop(),
  });
  return kept === null ? plan : { kind: "attach", engine: kept };
}

async function checkPorts(settings: Settings, plan: UsablePlan): Promise<void> {
  const { host, enginePort, workerPort } = settings;
  if (plan.kind !== "attach") await checkPort({ host, port: enginePort, part: "engine" });
  await checkPort({ host, port: workerPort, part: "worker" });
}

async function checkEngineChange(settings: Settings, plan: UsablePlan): Promise<void> {
  if (settings.mode === "dev") return;
  const last = await readEngineRecord(settings.folders.root);
  const next = engineOf(plan);
  if (last === null || next === null) return;
  const failure = findEngineChangeFailure({
    last,
    next,
    isChosen: settings.engine !== "auto",
    unfinishedCount: last.engine === next ? 0 : await countUnfinished(settings, last),
  });
  if (failure) throw new CliError(failure);
}

/** Null while it isn't known what answers. */
function engineOf(plan: UsablePlan): EngineRecord["engine"] | null {
  if (plan.kind === "start-embedded") return "embedded";
  if (plan.kind !== "attach") return "inngest";
  return plan.engine.kind === "none" ? null : plan.engine.kind;
}

/** A server that was found running has keys of its own: made-up ones would only hide that. */
function takeKeys(settings: Settings, plan: UsablePlan): Settings {
  const isForeign = plan.kind === "attach" && plan.engine.kind !== "embedded";
  return ensureKeys(isForeign ? { ...settings, isEngineUrlGiven: true } : settings);
}

function partSpecs(
  settings: Settings,
  plan: UsablePlan,
  scene: {
    readonly inngest: FoundInngest | null;
    readonly env: Record<string, string>;
    readonly allowedHosts: readonly string[];
  },
): readonly PartSpec[] {
  const { env, inngest, allowedHosts } = scene;
  const worker = workerPart(settings, env);
  switch (plan.kind) {
    case "attach":
      return [worker];
    case "start-embedded":
      return [embeddedEnginePart(settings, env, allowedHosts), worker];
    case "start-inngest":
      return [inngestPart(settings, env, inngest?.program ?? []), worker];
    case "start-container":
      return [containerPart(settings, env), worker];
  }
}

async function recordEngine(settings: Settings, plan: UsablePlan): Promise<void> {
  const engine = engineOf(plan);
  if (engine === null) return;
  await writeEngineRecord(settings.folders.root, { engine, url: settings.engineUrl });
}

function explainPart(failure: PartFailure): Failure {
  const { part, reason } = failure;
  return {
    code: "part-failed",
    message: `The ${part} could not be started, it ${describeExit(failure)}: ${reason}`,
    fix:
      part === "engine"
        ? "Correct what it says; `igs doctor` looks for the cause, `igs engine` starts it alone."
        : "Correct what it says; `igs doctor` looks for the cause, `bun run apps/system-bus/src/serve.ts` starts it alone.",
  };
}

function definedIn(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
