import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { AgentResult, SeenAgent } from "@system-bus/agents";
import type { InngestApi } from "@system-bus/inngest-api";
import {
  branchHead,
  LoopsError,
  leaveOutLoggedOut,
  loopPlaces,
  newLoopId,
  type Prd,
} from "@system-bus/loops";
import { createAction } from "../action.ts";
import { systemClock } from "../clock.ts";
import { type Connection, type ConnectionFlags, connect } from "../connect.ts";
import type { CliContext } from "../context.ts";
import { getAllowedRoots } from "../loop/allow-project.ts";
import { describeCost, describeTokens } from "../loop/describe-amounts.ts";
import { waitForBeginning } from "../loop/follow-start.ts";
import { type CapFlags, readCapFlags } from "../loop/given-caps.ts";
import { loadPrd } from "../loop/load-prd.ts";
import { lookAtLoopAgents } from "../loop/loop-agents.ts";
import { type LoopFolder, listLoopFolders } from "../loop/loop-folders.ts";
import { loopActions, loopFailure, loopReport } from "../loop/loop-report.ts";
import { renderLoop } from "../loop/render-loop.ts";
import { renderPrd } from "../loop/render-prd.ts";
import { type SentLoopEvent, sendLoopEvent } from "../loop/send-loop-event.ts";
import { showLive } from "../loop/show-live.ts";
import { checkReadiness, type StartReadiness, type StartWish } from "../loop/start-preflight.ts";
import { writePrd } from "../loop/write-prd.ts";
import type { Answer } from "../output/envelope.ts";
import { CliError } from "../output/failure.ts";
import type { Io } from "../output/io.ts";
import { findListenerWarnings } from "../send/check-event.ts";

export interface LoopStartFlags extends ConnectionFlags, CapFlags {
  readonly project?: string;
  readonly prd?: string;
  readonly goal?: string;
  readonly out?: string;
  readonly tools?: readonly SeenAgent["name"][];
  readonly judge?: "model" | "checks";
  readonly docker?: boolean;
  readonly merge?: boolean;
  readonly push?: boolean;
  readonly pr?: boolean;
  readonly yes?: boolean;
  readonly detach?: boolean;
}

interface Scene {
  readonly io: Io;
  readonly context: CliContext;
}

const MINUTE_MS = 60_000;
const PRD_MINUTES = 15;
const ID_TRIES_MAX = 5;

export const loopStart = createAction<LoopStartFlags>("loop start", async (scene, flags) => {
  const { io, context } = scene;
  checkFlags(scene, flags);
  const connection = connect(context, flags);
  const folders = listLoopFolders(context);
  await refuseWithoutListener(connection.api);
  const wish = await readWish(scene, connection, flags);
  const { prd, readiness } = await preparePrd(scene, { connection, folders, wish, flags });
  for (const note of readiness.notes) io.warn(note);
  const { project } = readiness.facts;
  const loopId = await chooseId(prd, project, folders);
  const sent = await sendLoopEvent(
    connection,
    { io, context },
    {
      name: "agent/loop.start",
      id: `loop:${loopId}:start:1`,
      data: startData({ loopId, project, prd, flags }),
    },
  );
  if (flags.detach) return detached(loopId, project, sent);
  return follow(scene, { connection, folders, loopId, sent });
});

function checkFlags({ io, context }: Scene, { prd, goal, out, yes }: LoopStartFlags): void {
  if ((prd === undefined) === (goal === undefined)) {
    throw new CliError({
      code: "usage",
      message: prd === undefined ? "What is to be built?" : "A PRD and a goal exclude each other.",
      fix: 'Give --prd FILE, or --goal "…" for a PRD that an agent writes.',
    });
  }
  if (out !== undefined && goal === undefined) {
    throw new CliError({
      code: "usage",
      message: "--out stores the PRD that is written for a --goal.",
      fix: "Leave it out.",
    });
  }
  const mayAsk = !io.isJson && context.confirm !== undefined;
  if (goal !== undefined && !mayAsk && yes !== true) {
    throw new CliError({
      code: "usage",
      message: "A PRD that an agent has written is shown for a yes, and nobody can be asked here.",
      fix: "Add --yes to start with whatever passes the rules; --out FILE keeps it.",
    });
  }
}

/** A function that is registered later is not started by an event that came before. */
async function refuseWithoutListener(api: InngestApi): Promise<void> {
  const about = { name: "agent/loop.start", data: {}, isKnown: true, warnings: [] };
  const [warning] = findListenerWarnings(about, await api.listFunctions());
  if (warning === undefined) return;
  throw new CliError({
    code: "unavailable",
    message: `Nothing was started. ${warning}`,
    fix: "Start engine and worker with `igs dev` or `igs start`, and wait until `igs status` is well.",
  });
}

async function readWish(
  scene: Scene,
  { settings }: Connection,
  flags: LoopStartFlags,
): Promise<StartWish & { readonly prdProblem: string | null }> {
  const { context } = scene;
  const project = resolve(context.cwd, flags.project ?? ".");
  const given = flags.prd === undefined ? null : await loadOrProblem(flags.prd, context);
  return {
    project,
    prd: given?.prd ?? null,
    prdProblem: given?.problem ?? null,
    caps: readCapFlags(flags),
    docker: flags.docker === true,
    pr: flags.pr === true,
    agents:
      flags.tools === undefined
        ? leaveOutLoggedOut(await lookAtLoopAgents(context, settings.loops.tools))
        : await lookAtLoopAgents(context, flags.tools),
    allowedRoots: await getAllowedRoots(scene, settings, project),
    pricesFile: settings.loops.pricesFile,
  };
}

/** What is wrong with the PRD is told together with everything else. */
async function loadOrProblem(given: string, context: CliContext) {
  try {
    return { prd: await loadPrd(given, context), problem: null };
  } catch (error) {
    if (!(error instanceof LoopsError) || error.code !== "PRD_INVALID") throw error;
    return { prd: null, problem: error.message };
  }
}

interface Preparing {
  readonly connection: Connection;
  readonly folders: readonly LoopFolder[];
  readonly wish: StartWish & { readonly prdProblem: string | null };
  readonly flags: LoopStartFlags;
}

/** The repository is held to everything before a model is asked for a PRD, and again with that PRD. */
async function preparePrd(
  scene: Scene,
  { connection, folders, wish, flags }: Preparing,
): Promise<{ readonly prd: Prd; readonly readiness: StartReadiness }> {
  const first = await checkReadiness(scene.context, folders, wish);
  refuseUnfit([...(wish.prdProblem === null ? [] : [wish.prdProblem]), ...first.problems]);
  if (wish.prd !== null) return { prd: wish.prd, readiness: first };
  const prd = await writeForGoal(scene, { connection, folders, wish, flags }, first);
  const readiness = await checkReadiness(scene.context, folders, { ...wish, prd });
  refuseUnfit(readiness.problems);
  return { prd, readiness };
}

async function writeForGoal(
  scene: Scene,
  { connection, folders, wish, flags }: Preparing,
  { facts }: StartReadiness,
): Promise<Prd> {
  const { io, context } = scene;
  const agent = wish.agents.find(({ command, problem }) => command !== null && problem === null);
  const [folder] = folders;
  if (
    agent?.command == null ||
    folder === undefined ||
    facts.head === null ||
    facts.branch === null
  ) {
    throw new Error("broken promise: the preflight has found an agent, a branch and its head");
  }
  const { prd, answers } = await writePrd(scene, {
    ...{ goal: flags.goal ?? "", tool: agent.name, command: agent.command },
    model: connection.settings.summary.agentModels[agent.name],
    ...{ project: facts.project, branch: facts.branch, head: facts.head },
    ...{ loopsFolder: folder.loopsFolder },
    timeMaxMs: Math.round((flags.agentMinutes ?? PRD_MINUTES) * MINUTE_MS),
  });
  tellUsage(io, agent.name, answers);
  if (flags.out !== undefined) {
    const path = resolve(context.cwd, flags.out);
    await writeFile(path, `${JSON.stringify(prd, null, 2)}\n`);
    io.emit({ type: "prd-stored", path }, `The PRD is stored in ${path}.`);
  }
  io.emit({ type: "prd", prd }, `${renderPrd(prd, io.paint)}\n`);
  if (flags.yes || (await context.confirm?.("Start a loop with this PRD?"))) return prd;
  throw new CliError({
    code: "interrupted",
    message: "Nothing was started.",
    fix:
      flags.out === undefined
        ? "With --out FILE the PRD is kept: change it there, and start with --prd FILE."
        : `Change ${flags.out}, then start with --prd ${flags.out}.`,
  });
}

function tellUsage(io: Io, tool: string, answers: readonly AgentResult[]): void {
  const sum = (read: (usage: AgentResult["usage"]) => number) =>
    answers.reduce((total, { usage }) => total + read(usage), 0);
  const tokens = sum(({ inputTokens, outputTokens }) => inputTokens + outputTokens);
  const costUsd = sum((usage) => usage.costUsd ?? 0);
  const money = costUsd > 0 ? `, ${describeCost(costUsd)}` : "";
  io.emit(
    { type: "prd-written", tool, tokens, costUsd: costUsd > 0 ? costUsd : null },
    io.paint.faint(`${tool} took ${describeTokens(tokens)} tokens for it${money}.`),
  );
}

function refuseUnfit(problems: readonly string[]): void {
  if (problems.length === 0) return;
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  throw new CliError({
    code: "refused",
    message: `Nothing was started: ${count}.\n${problems.map((problem) => `  - ${problem}`).join("\n")}`,
    fix: "Put these in order, then start it again.",
  });
}

/** Free in both modes, and in the person's repository. */
async function chooseId(
  prd: Prd,
  project: string,
  folders: readonly LoopFolder[],
): Promise<string> {
  for (let tries = 0; tries < ID_TRIES_MAX; tries += 1) {
    const loopId = newLoopId(prd.title, new Date(), Math.random);
    const isTaken = await Promise.all(
      folders.map(({ loopsFolder }) => Bun.file(loopPlaces(loopsFolder, loopId).journal).exists()),
    );
    const head = await branchHead(project, `agent-loop/${loopId}`);
    if (head === null && !isTaken.includes(true)) return loopId;
  }
  throw new LoopsError("LOOP_EXISTS", "No id is free for a loop of this title: try again");
}

interface Started {
  readonly loopId: string;
  readonly project: string;
  readonly prd: Prd;
  readonly flags: LoopStartFlags;
}

function startData({ loopId, project, prd, flags }: Started): Record<string, unknown> {
  const { tools, judge, docker, merge, push, pr } = flags;
  const caps = readCapFlags(flags);
  const finish = { ...(merge ? { merge } : {}), ...(push ? { push } : {}), ...(pr ? { pr } : {}) };
  return {
    ...{ loopId, project, generation: 1, prd },
    ...(tools === undefined ? {} : { tools }),
    ...(Object.keys(caps).length === 0 ? {} : { caps }),
    ...(judge === undefined ? {} : { judge }),
    ...(docker ? { docker } : {}),
    ...(Object.keys(finish).length === 0 ? {} : { finish }),
  };
}

function detached(loopId: string, project: string, { eventIds }: SentLoopEvent): Answer {
  return {
    result: { loopId, project, eventIds },
    text: `Loop ${loopId} is on its way.`,
    nextActions: actionsOf(loopId),
  };
}

const actionsOf = (loopId: string) => [
  { command: `igs loop status ${loopId}`, description: "How far it is" },
  { command: `igs loop logs ${loopId} -f`, description: "What the agents say and do" },
  { command: `igs loop cancel ${loopId}`, description: "End it" },
];

interface Following {
  readonly connection: Connection;
  readonly folders: readonly LoopFolder[];
  readonly loopId: string;
  readonly sent: SentLoopEvent;
}

async function follow({ io, context }: Scene, following: Following): Promise<Answer> {
  const { connection, folders, loopId, sent } = following;
  const { eventIds } = sent;
  const signal = context.listenForStop();
  io.emit({ type: "sent", loopId, eventIds }, `Loop ${io.paint.strong(loopId)}`);
  const beginning = await waitForBeginning({
    ...{ api: connection.api, folders, loopId, eventIds, signal, clock: systemClock },
    onLook: (run) =>
      io.status(
        run === null ? "Sent …" : "Preflight: clone, dependencies, a baseline of the checks …",
      ),
  });
  io.status("");
  if (beginning.kind === "interrupted") return interrupted(loopId, null);
  if (beginning.kind === "refused") return refusedByPlanner(loopId, beginning);
  const { named } = beginning;
  const live = { io, context, connection, named, signal, tellsPast: true, tellsOutput: false };
  const seen = await showLive(live);
  const failure = loopFailure(seen.loop);
  if (signal.aborted && failure === null && seen.loop.state.ended === null) {
    return interrupted(loopId, loopReport(seen));
  }
  return {
    result: loopReport(seen),
    text: renderLoop(seen, { paint: io.paint, columnsMax: io.columnsMax }),
    nextActions: loopActions(seen),
    ...(failure === null ? {} : { failure, isFailureInText: true }),
  };
}

function interrupted(loopId: string, result: unknown): Answer {
  return {
    result: result ?? { loopId },
    text: "",
    nextActions: actionsOf(loopId),
    failure: {
      code: "interrupted",
      message: `Stopped showing loop ${loopId}; it goes on.`,
      fix: `\`igs loop status ${loopId}\` shows how far it is, \`igs loop cancel ${loopId}\` ends it.`,
    },
  };
}

function refusedByPlanner(
  loopId: string,
  { error, runId }: { readonly error: string; readonly runId: string },
): Answer {
  return {
    result: { loopId, runId, error },
    text: "",
    nextActions: [{ command: `igs run ${runId}`, description: "The preflight, step by step" }],
    failure: {
      code: "refused",
      message: `Loop ${loopId} has not begun: ${error}`,
      fix: "Put that in order, then start it again.",
    },
  };
}
