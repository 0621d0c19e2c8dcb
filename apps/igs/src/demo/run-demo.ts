// One demo: an engine and a worker of its own, one event, what follows from it, and the note.

import {
  createInngestApi,
  createUpdateFeed,
  hasEnded,
  type InngestApi,
} from "@system-bus/inngest-api";
import type { CliContext } from "../context.ts";
import { loadPrograms } from "../follow/program-feed.ts";
import { CliError } from "../output/failure.ts";
import { formatDuration } from "../output/format-time.ts";
import type { Io } from "../output/io.ts";
import { createCrashes } from "./crash.ts";
import { DemoBus } from "./demo-bus.ts";
import { type BusPorts, engineUrl, workerOrigin } from "./demo-environment.ts";
import { type DemoHome, makeDemoHome, type Remembered, rememberPorts } from "./demo-home.ts";
import type { DemoOptions } from "./demo-options.ts";
import { findFreePort } from "./free-port.ts";
import { findKeptBus } from "./kept-bus.ts";
import { findNote, renderNote, renderSteps } from "./report.ts";
import { SampleSite } from "./sample-site.ts";
import { type Watched, watchChain } from "./watch-chain.ts";

/** The sample then takes some eight seconds: long enough to be interrupted. */
const CRASH_BYTES_PER_SECOND = 50_000;
const PROGRAMS_GONE_MAX_MS = 4_000;
const PROGRAMS_LOOK_GAP_MS = 200;
const INTERRUPTED_EXIT_CODE = 130;

export interface DemoRun {
  readonly options: DemoOptions;
  readonly home: DemoHome;
  readonly remembered: Remembered;
  readonly context: CliContext;
  readonly io: Io;
}

interface Stage extends DemoRun {
  readonly ports: BusPorts;
  readonly api: InngestApi;
  /** Null when an earlier demo's bus is used: it isn't ours to end. */
  readonly bus: DemoBus | null;
  readonly signal: AbortSignal;
}

/** Returns the exit code. */
export async function runDemo(run: DemoRun): Promise<number> {
  const { options, home, remembered, context } = run;
  const signal = context.listenForStop();
  const keptPorts = await findKeptBus(remembered);
  if (keptPorts && options.shouldCrash) {
    throw new CliError({
      code: "port-taken",
      message: "A demo that was kept still runs here.",
      fix: "End it with `bin/demo --crash --stop`, then start this again.",
    });
  }
  await makeDemoHome(home, options.shouldCrash);
  const ports = keptPorts ?? {
    engine: await findFreePort(remembered.enginePort),
    worker: await findFreePort(remembered.workerPort),
  };
  const samplePort = await findFreePort(remembered.samplePort);
  const api = createInngestApi({ baseUrl: engineUrl(ports) });
  const bus = keptPorts
    ? null
    : new DemoBus({ home, ports, env: context.env, api, shouldOutlive: options.shouldKeep });
  const stage: Stage = { ...run, ports, api, bus, signal };
  const places = { enginePort: ports.engine, workerPort: ports.worker, samplePort };
  await rememberPorts(home, { ...places, kept: remembered.kept });

  const site = options.url === null ? await startSite(samplePort, options) : null;
  let isReleased = false;
  try {
    await startBus(stage);
    const exitCode = await ingest(stage, options.url ?? site?.url ?? "");
    if (bus && options.shouldKeep && !signal.aborted) {
      await rememberPorts(home, { ...places, kept: bus.pids });
      bus.release();
      isReleased = true;
    }
    return exitCode;
  } finally {
    await site?.stop();
    if (!isReleased) await bus?.stop();
  }
}

function startSite(port: number, { shouldCrash }: DemoOptions): Promise<SampleSite> {
  return SampleSite.start({
    port,
    bytesPerSecondMax: shouldCrash ? CRASH_BYTES_PER_SECOND : undefined,
  });
}

async function startBus({ bus, ports, io, signal, home }: Stage): Promise<void> {
  const { strong, faint } = io.paint;
  const beganAtMs = performance.now();
  await bus?.start(signal);
  const state = bus
    ? `ready after ${formatDuration(performance.now() - beganAtMs)}`
    : "kept from an earlier demo";
  io.emit(
    { type: "ready" },
    [
      `${strong("Embedded engine and worker")} ${state}`,
      `  ${faint("dashboard")}  ${engineUrl(ports)}`,
      `  ${faint("everything the demo keeps")}  ${home.root}`,
      "",
    ].join("\n"),
  );
}

async function ingest(stage: Stage, url: string): Promise<number> {
  const { api, io, home, bus, signal, options, context, ports } = stage;
  const beganAtMs = performance.now();
  io.emit({ type: "send", url }, `Sending pipeline/video.download with ${io.paint.strong(url)}\n`);
  const eventIds = await api.sendEvents([{ name: "pipeline/video.download", data: { url } }]);
  const betweenLooks =
    bus && options.shouldCrash ? createCrashes({ bus, home, io }) : async () => {};
  const watched = await watchChain({
    ...{ api, io, eventIds, signal, betweenLooks },
    updates: createUpdateFeed({ baseUrl: engineUrl(ports) }),
    isTerminal: context.isTerminal,
    workerOrigin: workerOrigin(ports),
  });
  io.status("");
  if (!watched.hasEnded) {
    if (bus) await cancelRuns(stage, watched);
    return INTERRUPTED_EXIT_CODE;
  }
  return report(stage, watched, performance.now() - beganAtMs);
}

async function report(stage: Stage, watched: Watched, tookMs: number): Promise<number> {
  const { api, io, home, ports, options, bus } = stage;
  const { paint } = io;
  const say = (text: string) => io.emit({ type: "report" }, text);
  const broken = watched.runs.find((run) => run.status !== "COMPLETED");
  const note = await findNote(api, watched.runs, home.vault);
  const steps = await renderSteps(api, watched.runs, paint);

  if (note) say(`\n${renderNote(await Bun.file(note.path).text(), paint)}`);
  say(`\n${steps}\n`);
  if (broken) {
    say(paint.bad(`${broken.function.id} ended as ${broken.status}: the lines above say why.`));
    say(`  The worker's own words are in ${home.logs}/worker.log`);
  }
  if (note) {
    const how = note.isNew ? "written" : "was there already: the same video makes no second one";
    say(`${paint.strong("Note")}        ${note.path}  ${paint.faint(`(${how})`)}`);
  }
  say(`${paint.strong("Took")}        ${formatDuration(tookMs)}`);
  const isGoingOn = options.shouldKeep || !bus;
  const dashboardNote = isGoingOn
    ? "`bin/demo --stop` ends it"
    : "it ends with this demo; with --keep it stays";
  say(`${paint.strong("Dashboard")}   ${engineUrl(ports)}  ${paint.faint(`(${dashboardNote})`)}`);
  return broken || !note ? 1 : 0;
}

/** Ctrl-C: programs outlive the worker by design, so a demo that ends has to call its own off. */
async function cancelRuns({ api, io, ports }: Stage, { runs }: Watched): Promise<void> {
  io.emit({ type: "stopping" }, "\nStopping: cancelling what runs …");
  for (const run of runs.filter(({ status }) => !hasEnded(status))) {
    await api.cancelRun(run.id).catch(() => {});
  }
  const giveUpAtMs = performance.now() + PROGRAMS_GONE_MAX_MS;
  while (performance.now() < giveUpAtMs) {
    const programs = (await loadPrograms(workerOrigin(ports))) ?? [];
    if (programs.every(({ state }) => state === "ended")) return;
    await Bun.sleep(PROGRAMS_LOOK_GAP_MS);
  }
}
