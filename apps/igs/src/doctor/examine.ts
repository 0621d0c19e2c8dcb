// Runs the examinations, all at once.
//
//   X1. Each has a bound of its own: one that hangs is "not checked" and holds nobody up.
//   X2. An examination that breaks is "not checked", with what it broke with. It is never well.
//   X3. The report has every examination exactly once.

import type { Examination } from "./examination.ts";
import type { DoctorScene } from "./scene.ts";
import { NotSeen, type Trouble, type Verdict } from "./verdict.ts";

export interface Finding extends Trouble {
  readonly id: string;
}

export interface Report {
  /** Faults before warnings. */
  readonly findings: readonly Finding[];
  readonly unchecked: readonly { readonly id: string; readonly reason: string }[];
  readonly well: readonly { readonly id: string; readonly said: string }[];
  readonly unused: readonly { readonly id: string; readonly said: string }[];
}

export interface ExamineOptions {
  /** How long one may take. */
  readonly timeMaxMs: number;
  readonly isQuick: boolean;
}

export async function examine(
  examinations: readonly Examination[],
  scene: DoctorScene,
  options: ExamineOptions,
): Promise<Report> {
  const verdicts = await Promise.all(
    examinations.map(async (examination) => ({
      id: examination.id,
      verdict: await examineOne(examination, scene, options),
    })),
  );
  const findings = verdicts.flatMap(({ id, verdict }) =>
    verdict.kind === "troubled" ? verdict.troubles.map((trouble) => ({ id, ...trouble })) : [],
  );
  return {
    findings: [
      ...findings.filter(({ severity }) => severity === "fault"),
      ...findings.filter(({ severity }) => severity === "warning"),
    ],
    unchecked: verdicts.flatMap(({ id, verdict }) =>
      verdict.kind === "unchecked" ? [{ id, reason: verdict.reason }] : [],
    ),
    well: verdicts.flatMap(({ id, verdict }) =>
      verdict.kind === "well" ? [{ id, said: verdict.said }] : [],
    ),
    unused: verdicts.flatMap(({ id, verdict }) =>
      verdict.kind === "unused" ? [{ id, said: verdict.said }] : [],
    ),
  };
}

async function examineOne(
  examination: Examination,
  scene: DoctorScene,
  { timeMaxMs, isQuick }: ExamineOptions,
): Promise<Verdict> {
  if (isQuick && examination.isRemote) {
    return { kind: "unchecked", reason: "it asks other machines, which --quick leaves out" };
  }
  const stop = new AbortController();
  const tooLong = Promise.withResolvers<Verdict>();
  const timer = setTimeout(() => {
    stop.abort();
    const reason = `no answer within ${timeMaxMs / 1_000} s`;
    tooLong.resolve({ kind: "unchecked", reason });
  }, timeMaxMs);
  try {
    return await Promise.race([examination.examine(scene, stop.signal), tooLong.promise]);
  } catch (error) {
    return { kind: "unchecked", reason: describeBreak(error) };
  } finally {
    clearTimeout(timer);
  }
}

function describeBreak(error: unknown): string {
  if (error instanceof NotSeen) return error.message;
  return `looking failed: ${error instanceof Error ? error.message : String(error)}`;
}
