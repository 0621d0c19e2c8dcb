// Runs the tests of a review where they have to fail, and where they have to pass.
//
//   P1. With the stub they have to load, to be at least one, and at least one has to fail. Where all pass with
//       the throwing stub (tests that something throws do), at least one has to fail with the silent one.
//   P2. What was skipped, or marked as still to be written, is no test.
//   P3. Where not all that the story provides can have a stub (no TypeScript, a base commit alone), a file that
//       doesn't load counts as failing, and is locked by its path.
//   P4. At the head each locked test has to be reported as passed. One that is missing, or was skipped, has
//       failed; so has every other test of the locked files that fails.

import { readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { EndedProgram, ProgramSpec } from "@system-bus/programs";
import {
  type ChecksCommand,
  type ChecksRequest,
  checksProgram,
  readChecks,
} from "../checks/checks-program.ts";
import type { TestRunner } from "../checks/test-runner.ts";
import type { CheckResult } from "../record/fact.ts";
import { type ReportedTest, readReport } from "./read-report.ts";
import { SILENT_STUB } from "./stub.ts";
import { testCommand } from "./test-command.ts";

export interface ProbeRequest {
  /** Of this probe, for files in scratch: `US-001-2-stub`. */
  readonly name: string;
  /** The checkout in which the tests lie: with the stub, or at the head. */
  readonly folder: string;
  readonly scratch: string;
  readonly runner: TestRunner;
  readonly files: readonly string[];
  /** `stub`: once with the throwing stub, once with the silent one. */
  readonly kind: "stub" | "base" | "head";
  readonly timeMaxMs?: number;
  readonly searchPath: string;
}

/** One run of the tests. */
export interface TestsRun {
  readonly result: CheckResult;
  readonly tests: readonly ReportedTest[];
}

const TIME_MAX_MS = 300_000;
const REPORT_BYTES_MAX = 16 * 1024 * 1024;

export async function probeProgram(
  request: ProbeRequest,
): Promise<Omit<ProgramSpec, "slot" | "attemptsMax">> {
  return await checksProgram(checksOf(request));
}

/** In the order in which they ran: one run, or two with a stub. */
export async function readProbe(ended: EndedProgram, request: ProbeRequest): Promise<TestsRun[]> {
  const { commands } = checksOf(request);
  const results = await readChecks(ended, { commands });
  const folder = await realpath(request.folder);
  return await Promise.all(
    results.map(async (result, index) => {
      const text = await readBounded(commands[index]?.reportPath ?? "");
      const tests = readReport(request.runner.name, { text, folder });
      return { result, tests: tests.filter(({ file }) => request.files.includes(file)) };
    }),
  );
}

function checksOf({ runner, files, kind, timeMaxMs, ...request }: ProbeRequest): ChecksRequest {
  const run = (name: string, env: Readonly<Record<string, string>>): ChecksCommand => {
    const reportPath = join(request.scratch, "checks", request.name, `${name}.report`);
    return { command: testCommand(runner, { files, reportPath }), env, reportPath };
  };
  const runs = kind === "stub" ? [run("loud", {}), run("silent", SILENT_STUB)] : [run(kind, {})];
  return {
    ...{ ...request, commands: runs, commandTimeMaxMs: timeMaxMs ?? TIME_MAX_MS },
    stopsAtTimeLimit: true,
  };
}

/** A report that outgrew its bound can't be trusted to hold all: it holds nothing, then. */
async function readBounded(path: string): Promise<string> {
  const file = Bun.file(path);
  if (!(await file.exists()) || file.size > REPORT_BYTES_MAX) return "";
  return await readFile(path, "utf8");
}
