// What loops have taught about which agent is good at which kind of story: `playbook.json`, read by the
// planner, written by the retrospective.
//
//   B1. A sample is a story's first code that was decided on: what a later attempt does with feedback and
//       the code of others says nothing of who should begin.
//   B2. It is credited to the agent that really implemented it (field lesson 23).
//   B3. A provider's limit, a lost program, a capped run, an agent that isn't there: none is a sample.
//   B4. A sample counts once: learning again, after a crash or in a later generation of the loop, adds
//       only what is new.

import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode, replaceFile } from "@system-bus/programs";
import { z } from "zod";
import { LoopsError } from "../loops-error.ts";
import type { AgentLine, AttemptLine, VerdictLine } from "../record/attempt-line.ts";

const tool = z.enum(["codex", "claude", "pi"]);

const ToolRecordSchema = z.object({
  storyKind: z.string(),
  tool,
  /** Samples (B1). */
  attempts: z.int().nonnegative(),
  passes: z.int().nonnegative(),
  costUsd: z.number().nonnegative(),
  durationMs: z.number().nonnegative(),
});
export type ToolRecord = z.infer<typeof ToolRecordSchema>;

const PlaybookSchema = z.object({
  records: z.array(ToolRecordSchema),
  /** Samples that were counted, `<loopId>/<key of the verdict's line>`; the last ones. */
  counted: z.array(z.string()),
});
export type Playbook = z.infer<typeof PlaybookSchema>;

export const EMPTY_PLAYBOOK: Playbook = { records: [], counted: [] };

/** A loop is looked back on within moments of its end: older ones never come again. */
const COUNTED_MAX = 20_000;

export function recordsOf({ records }: Playbook, storyKind: string): readonly ToolRecord[] {
  return records.filter((record) => record.storyKind === storyKind);
}

/** A story's first code that was decided on. */
export interface Sample {
  /** Of the verdict's line. */
  readonly key: string;
  readonly storyKind: string;
  readonly tool: ToolRecord["tool"];
  readonly hasPassed: boolean;
  readonly costUsd: number;
  readonly durationMs: number;
}

/** Pure. `attempts` is the whole of a loop's `attempts.jsonl`. At most one a story. */
export function firstSamples(attempts: readonly AttemptLine[]): readonly Sample[] {
  const stories = new Set(attempts.map(({ storyId }) => storyId));
  return [...stories].flatMap((storyId) => findSample(attempts, storyId) ?? []);
}

/** Pure. */
export function learn(
  playbook: Playbook,
  { loopId, attempts }: { readonly loopId: string; readonly attempts: readonly AttemptLine[] },
): Playbook {
  const known = new Set(playbook.counted);
  const nameOf = ({ key }: Sample) => `${loopId}/${key}`;
  const samples = firstSamples(attempts).filter((sample) => !known.has(nameOf(sample)));
  return {
    records: samples.reduce(addSample, playbook.records),
    counted: [...playbook.counted, ...samples.map(nameOf)].slice(-COUNTED_MAX),
  };
}

/** An empty one where there is none. @throws LoopsError `RECORD_DAMAGED` */
export async function readPlaybook(file: string): Promise<Playbook> {
  try {
    return PlaybookSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return EMPTY_PLAYBOOK;
    throw new LoopsError(
      "RECORD_DAMAGED",
      `${file} cannot be read: mend it, or remove it to begin a new one`,
      { cause },
    );
  }
}

export async function writePlaybook(file: string, playbook: Playbook): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await replaceFile(file, `${JSON.stringify(playbook, null, 2)}\n`, { mustSync: true });
}

/** Ends that are no work of the agent's (B3). */
const NO_WORK: ReadonlySet<string> = new Set([
  ...["rate-limited", "model-failed", "not-logged-in", "not-installed", "lost", "capped"],
]);

/**
 * The first PASS or FAIL on code that an agent has really made. A verdict of NEW_TESTS before it was
 * about the tests of the same code, so runs of earlier attempts are looked at, too.
 */
function findSample(attempts: readonly AttemptLine[], storyId: string): Sample | null {
  const runs = attempts.filter(
    (line): line is AgentLine =>
      line.type === "agent" && line.role === "implement" && line.storyId === storyId,
  );
  const verdicts = attempts.filter(
    (line): line is VerdictLine =>
      line.type === "verdict" &&
      line.storyId === storyId &&
      (line.verdict === "PASS" || line.verdict === "FAIL"),
  );
  for (const verdict of verdicts) {
    const ofTool = runs.filter(
      (run) => run.tool === verdict.tool && run.attempt <= verdict.attempt,
    );
    if (!ofTool.some(({ end }) => !NO_WORK.has(end))) continue;
    return {
      ...{ key: verdict.key, storyKind: verdict.storyKind, tool: verdict.tool },
      hasPassed: verdict.verdict === "PASS",
      costUsd: ofTool.reduce((sum, run) => sum + (run.costUsd ?? 0), 0),
      durationMs: ofTool.reduce((sum, run) => sum + run.durationMs, 0),
    };
  }
  return null;
}

function addSample(records: readonly ToolRecord[], sample: Sample): ToolRecord[] {
  const { storyKind, tool: name } = sample;
  const isSame = (record: ToolRecord) => record.storyKind === storyKind && record.tool === name;
  const before = records.find(isSame) ?? {
    ...{ storyKind, tool: name, attempts: 0, passes: 0, costUsd: 0, durationMs: 0 },
  };
  const after = {
    ...before,
    attempts: before.attempts + 1,
    passes: before.passes + (sample.hasPassed ? 1 : 0),
    costUsd: before.costUsd + sample.costUsd,
    durationMs: before.durationMs + sample.durationMs,
  };
  return [...records.filter((record) => !isSame(record)), after];
}
