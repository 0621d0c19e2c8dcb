import { join } from "node:path";
import type { AgentLine, Fact, LoadedLoop } from "@system-bus/loops";
import type { Paint } from "../output/paint.ts";
import { readUtterances, renderUtterance } from "./describe-agent-output.ts";
import { describeAgentLine, describeFact, isAgentLine } from "./describe-fact.ts";
import { GrowingOutput } from "./growing-output.ts";
import { mergeByTime } from "./watch-loop.ts";

/** Something that happened, as programs read it and as people do. */
export interface PastLine {
  readonly record: {
    readonly type: "fact" | "agent-run" | "output";
    readonly [field: string]: unknown;
  };
  readonly text: string;
}

export interface PastOptions {
  readonly paint: Paint;
  /** Where the programs of the worker keep their output; what was retired is left out. */
  readonly programsFolder: string;
  readonly storyId: string | undefined;
  readonly linesMax: number;
}

interface Moment {
  readonly at: string;
  readonly lines: () => Promise<readonly PastLine[]>;
}

/** The last of what happened: facts, ends of agents' runs, and before each of those what the agent said. */
export async function pastLines(
  loop: LoadedLoop,
  options: PastOptions,
): Promise<readonly PastLine[]> {
  const { storyId, linesMax } = options;
  const isWanted = (about: object) =>
    storyId === undefined || ("storyId" in about && about.storyId === storyId);
  const facts = (await loop.record.facts())
    .filter(isWanted)
    .map((fact): Moment => ({ at: fact.at, lines: async () => factLines(fact, options) }));
  const runs = loop.attempts
    .filter(isAgentLine)
    .filter(isWanted)
    .map((run): Moment => ({ at: run.at, lines: () => runLines(run, options) }));
  const found: PastLine[] = [];
  // From the end: nothing is read that isn't shown.
  for (const moment of mergeByTime(facts, runs).toReversed()) {
    if (found.length >= linesMax) break;
    found.unshift(...(await moment.lines()));
  }
  return found.slice(-linesMax);
}

function factLines(fact: Fact, { paint }: PastOptions): readonly PastLine[] {
  const text = describeFact(fact, paint);
  if (text === null) return [];
  return [{ record: { type: "fact", fact }, text: withTime(fact.at, text, paint) }];
}

async function runLines(
  run: AgentLine,
  { paint, programsFolder }: PastOptions,
): Promise<readonly PastLine[]> {
  const end = {
    record: { type: "agent-run" as const, run },
    text: withTime(run.at, describeAgentLine(run, paint), paint),
  };
  // The key is a program's, and a folder's name; one that is none has no output of ours.
  if (!/^[\w.:-]+$/.test(run.key) || run.key.startsWith(".")) return [end];
  const output = new GrowingOutput(join(programsFolder, run.key, "stdout.log"));
  const said = (await output.readNewLines()).flatMap(readUtterances).map((utterance) => ({
    record: { type: "output" as const, key: run.key, ...utterance },
    text: renderUtterance(utterance, paint),
  }));
  return [...said, end];
}

function withTime(at: string, text: string, paint: Paint): string {
  return `${paint.faint(new Date(at).toLocaleString("sv-SE"))} ${text}`;
}
