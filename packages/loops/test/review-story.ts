import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { TestRunner } from "../src/checks/test-runner.ts";
import { type InterfaceFile, makeDeclarations } from "../src/review/declarations.ts";
import { judgeHeadProbe, judgeStubProbe } from "../src/review/judge-probe.ts";
import { layStub } from "../src/review/lay-stub.ts";
import { layTests, lockTests } from "../src/review/locked-tests.ts";
import { type ProbeRequest, probeProgram, readProbe, type TestsRun } from "../src/review/probe.ts";
import { findWritten, noteFiles } from "../src/review/written-files.ts";
import { runSpec } from "./run-spec.ts";

export type Files = Readonly<Record<string, string>>;

export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

export interface StubCase {
  readonly root: string;
  readonly runner: TestRunner;
  readonly base: Files;
  readonly interfaces: readonly InterfaceFile[];
  readonly tests: Files;
  readonly isWhole?: boolean;
  readonly timeMaxMs?: number;
}

/** Tests of a review in their checkout at the base commit, run with stubs of these interfaces. */
export async function probeStub(stubCase: StubCase) {
  const { root, base, interfaces, tests, isWhole = interfaces.length > 0, ...rest } = stubCase;
  const place = await mkdtemp(join(root, "stub-"));
  const folder = join(place, "review");
  const scratch = join(place, "scratch");
  await writeFiles(folder, { ...base, ...tests });
  await mkdir(scratch);
  await layStub({ folder, files: interfaces });
  const notePath = join(scratch, "before.json");
  await noteFiles(folder, notePath);
  const files = Object.keys(tests);
  const kind = interfaces.length === 0 ? "base" : "stub";
  const runs = await probe({ ...rest, kind, folder, scratch, files });
  const written = await findWritten(folder, notePath);
  const verdict = judgeStubProbe({ runs, files, isWhole, written });
  return { verdict, runs, folder, scratch };
}

export interface StoryCase extends Omit<StubCase, "interfaces"> {
  readonly implementation: Files;
}

/** The review of a story from its declarations to both probes. */
export async function reviewStory({ implementation, ...story }: StoryCase) {
  const place = await mkdtemp(join(story.root, "story-"));
  const clone = join(place, "clone");
  await writeFiles(clone, { ...story.base, ...implementation });
  const declarations = await makeDeclarations({
    ...{ folder: clone, files: Object.keys(implementation), isTest: () => false },
    scratch: join(place, "declarations"),
  });
  const { files: interfaces, isWhole } = declarations;
  const stub = await probeStub({ ...story, interfaces, isWhole });
  const { folder, scratch } = stub;
  const files = Object.keys(story.tests);
  const lock = { scratch, storyId: "US-001", round: 1 };
  const locked = await lockTests({ folder, paths: files, place: lock });
  await layTests({ folder: clone, files: locked, place: lock });
  const runs = await probe({ ...story, kind: "head", folder: clone, scratch, files });
  const names = stub.verdict.kind === "good" ? stub.verdict.tests : [];
  return { stub: stub.verdict, head: judgeHeadProbe(runs[0], names), declarations, runs };
}

async function probe(asked: Omit<ProbeRequest, "name" | "searchPath">): Promise<TestsRun[]> {
  const searchPath = process.env["PATH"] ?? "";
  const request = { timeMaxMs: 30_000, ...asked, searchPath, name: `US-001-1-${asked.kind}` };
  const dir = join(asked.scratch, `program-${asked.kind}`);
  return await readProbe(await runSpec(await probeProgram(request), dir), request);
}
