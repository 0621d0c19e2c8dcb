// What failed that didn't fail before. The baseline is what the checks came to before the story.
//
//   C1. A check has passed when it ended by itself with exit code 0, and not otherwise.
//   C2. A check that passed before, or that isn't in the baseline, counts with all it names; when it names
//       nothing, it counts itself.
//   C3. A check that failed before counts only with names that are new. When one of the two runs names
//       nothing, it counts as soon as it fails in another way than before.
//   C4. A check of the baseline that wasn't run now, or couldn't be started, has failed (fails closed),
//       unless it couldn't be started before, either.

import type { CheckResult } from "../record/fact.ts";

export interface NewFailures {
  /** Names of tests, else commands. Empty: nothing got worse. */
  readonly failures: readonly string[];
  /** For people, one a check. */
  readonly sentences: readonly string[];
}

export function hasPassed(result: CheckResult): boolean {
  return result.endedBy === "exit" && result.exitCode === 0;
}

export function newFailures(
  baseline: readonly CheckResult[],
  results: readonly CheckResult[],
): NewFailures {
  const found = results.map((now) => compareCheck(findSame(baseline, now), now));
  const absent = baseline
    .filter((before) => findSame(results, before) === undefined)
    .filter((before) => before.endedBy !== "not-started")
    .map((before) => failed(before, [], "was not run, and it could be before"));
  const all = [...found, ...absent];
  return {
    failures: [...new Set(all.flatMap(({ failures }) => failures))],
    sentences: all.flatMap(({ sentences }) => sentences),
  };
}

function findSame(
  results: readonly CheckResult[],
  { command }: CheckResult,
): CheckResult | undefined {
  const wanted = JSON.stringify(command);
  return results.find((result) => JSON.stringify(result.command) === wanted);
}

function compareCheck(before: CheckResult | undefined, now: CheckResult): NewFailures {
  if (hasPassed(now)) return { failures: [], sentences: [] };
  const names = now.failingTests ?? [];
  if (before === undefined || hasPassed(before)) return failed(now, names, howItEnded(now));

  const hasSameEnd = before.endedBy === now.endedBy;
  if (now.endedBy === "not-started") {
    return hasSameEnd ? same(now) : failed(now, [], "can't be started any more");
  }
  const known = new Set(before.failingTests ?? []);
  const news = names.filter((name) => !known.has(name));
  if (news.length > 0) return failed(now, news, "fails with more than before");
  const hasLostItsNames = names.length === 0 && known.size > 0;
  if (hasLostItsNames || !hasSameEnd)
    return failed(now, [], `fails in another way: ${howItEnded(now)}`);
  return same(now);
}

function failed(result: CheckResult, names: readonly string[], how: string): NewFailures {
  const command = result.command.join(" ");
  return { failures: names.length === 0 ? [command] : names, sentences: [`${command}: ${how}`] };
}

function same(now: CheckResult): NewFailures {
  return { failures: [], sentences: [`${now.command.join(" ")}: fails as it did before`] };
}

function howItEnded({ endedBy, exitCode, failingTests }: CheckResult): string {
  if (endedBy === "not-started") return "can't be started";
  if (endedBy === "time-limit") return "was stopped at its time limit";
  const count = failingTests?.length ?? 0;
  const named = count === 0 ? "" : `, ${count} ${count === 1 ? "failure" : "failures"}`;
  return exitCode === null ? `was killed${named}` : `exit code ${exitCode}${named}`;
}
