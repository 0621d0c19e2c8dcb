// The planner of coding loops, played: it writes into a loop's record what the real one would, and asks no
// model. The PRD's title says which way a loop goes. Also a worker's GET /programs.

import { mkdir } from "node:fs/promises";
import {
  type Fact,
  type KeylessFact,
  loopPlaces,
  openLoopRecord,
  type Prd,
  releaseClaim,
  takeClaim,
  withKey,
} from "@system-bus/loops";
import { Inngest, NonRetriableError } from "inngest";
import { serve } from "inngest/edge";

const loopsFolder = process.env["LOOPS_FOLDER"] ?? "";
const baseCommit = process.env["BASE_COMMIT"] ?? "";

const inngest = new Inngest({
  id: "demo",
  isDev: true,
  ...(process.env["INNGEST_BASE_URL"] ? { baseUrl: process.env["INNGEST_BASE_URL"] } : {}),
});

type Told<K extends Fact["kind"]> = Omit<Extract<KeylessFact, { kind: K }>, "at" | "kind">;

function openRecord(loopId: string) {
  const record = openLoopRecord(loopPlaces(loopsFolder, loopId));
  const append = async <K extends Fact["kind"]>(kind: K, fields: Told<K>) => {
    const at = new Date().toISOString();
    // Of the fact's own kind, which the compiler can't put together again.
    await record.append(withKey({ ...fields, kind, at } as unknown as KeylessFact));
  };
  return { record, append };
}

const OF_FIRST = { generation: 1, storyId: "US-001", attempt: 1 } as const;
const CAPS = {
  ...{ attemptsMax: 3, iterationsMax: 100, wallClockMaxMs: 43_200_000 },
  ...{ tokensMax: null, costMaxUsd: 20, agentTimeMaxMs: 900_000 },
};

interface Start {
  readonly loopId: string;
  readonly project: string;
  readonly prd: Prd;
}

async function begin({ loopId, project, prd }: Start): Promise<void> {
  await takeClaim(loopsFolder, { project, loopId, at: new Date().toISOString() });
  if (prd.title === "Refused") {
    await releaseClaim(loopsFolder, { project, loopId });
    throw new NonRetriableError("the dependencies can't be fetched");
  }
  const { record, append } = openRecord(loopId);
  await record.storePrd(prd);
  await mkdir(`${loopPlaces(loopsFolder, loopId).clone}.git`, { recursive: true });
  const branch = `agent-loop/${loopId}`;
  const finish = { merge: false, push: false, pr: false };
  await append("begun", {
    ...{ loopId, project, branch, baseBranch: "main", baseCommit, caps: CAPS, finish },
    ...{ tools: ["codex"], judge: "checks", docker: false },
  });
  const planned = { iteration: 1, tool: "codex", storyKind: "code", baseCommit } as const;
  await append("planned", { ...OF_FIRST, ...planned, reasons: ["Pure code goes to codex."] });
  if (prd.title === "Stands still") return;
  const files = ["a.txt"];
  await append("implemented", { ...OF_FIRST, commit: baseCommit, files, problem: null });
  const isAsked = prd.title === "Asks";
  await append("judged", {
    ...{ ...OF_FIRST, tool: "codex", by: "checks", feedbackFile: null, failingTests: [] },
    ...{ verdict: isAsked ? "NEEDS_HUMAN" : "PASS", reasons: isAsked ? ["Who knows?"] : [] },
  });
  if (isAsked) {
    const reason = "US-001 needs your word";
    await append("paused", { generation: 1, cause: "needs-human", reason, until: null });
    return;
  }
  await end(loopId, project, 1);
}

async function end(loopId: string, project: string, generation: number): Promise<void> {
  const { append } = openRecord(loopId);
  const { storyId, attempt } = OF_FIRST;
  await append("published", { storyId, attempt, commit: baseCommit, replaced: null });
  await append("ended", { generation, outcome: "completed" });
  await releaseClaim(loopsFolder, { project, loopId });
  await append("retro", { generation, noteSlug: loopId });
}

const plan = inngest.createFunction(
  {
    id: "agent-loop-plan",
    triggers: [
      { event: "agent/loop.start" },
      { event: "agent/loop.plan" },
      { event: "agent/loop.cancel" },
    ],
    retries: 0,
  },
  async ({ event }) => {
    const { loopId, project, generation, decision } = event.data;
    if (event.name === "agent/loop.start") {
      // igs holds it to its schema before it sends it.
      return begin(event.data as Start);
    }
    const { append } = openRecord(loopId);
    if (event.name === "agent/loop.cancel") {
      const reason = event.data.reason ?? null;
      await append("cancelled", { reason, removeClone: event.data.removeClone === true });
      await append("ended", { generation: 1, outcome: "cancelled" });
      return;
    }
    await append("resumed", { generation, caps: null });
    if (decision.kind === "approve") await end(loopId, project, generation);
  },
);

const handler = serve({ client: inngest, functions: [plan] });
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  fetch: (request) =>
    new URL(request.url).pathname === "/programs"
      ? Response.json({ programs: [] })
      : handler(request),
});
console.log(server.url.origin);
