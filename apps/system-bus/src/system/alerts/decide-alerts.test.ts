import { expect, test } from "bun:test";
import { type AlertQuestion, decideAlerts, type Finding } from "./decide-alerts.ts";

const NOON = Date.parse("2026-01-05T12:00:00Z");
const disk: Finding = {
  alert: "health/worker",
  title: "The worker is not well",
  detail: "The vault waits for 7 minutes",
  wellAgain: "The worker is well again",
};
const other: Finding = { alert: "audit/drift", title: "Drift", wellAgain: "No drift" };

/** Looks a few times, as heartbeats do, and keeps what stands. */
function looks() {
  let standing: AlertQuestion["standing"] = [];
  let nowMs = NOON;
  return (findings: readonly Finding[], hasLookedAt: (alert: string) => boolean = () => true) => {
    nowMs += 900_000;
    const decision = decideAlerts({ standing, findings, hasLookedAt, nowMs });
    standing = decision.standing;
    return decision.changes.map(({ state, title }) => `${state}: ${title}`);
  };
}

test("an alert is told once, stands without a word, and is told well again once", () => {
  const look = looks();
  expect(look([])).toEqual([]);
  expect(look([disk])).toEqual(["raised: The worker is not well"]);
  expect(look([disk])).toEqual([]);
  expect(look([{ ...disk, detail: "The vault waits for 22 minutes" }])).toEqual([]);
  expect(look([])).toEqual(["cleared: The worker is well again"]);
  expect(look([])).toEqual([]);
  expect(look([disk])).toEqual(["raised: The worker is not well"]);
});

test("another reason is another alert", () => {
  const look = looks();
  look([disk]);
  expect(look([{ ...disk, detail: "yt-dlp is missing" }])).toEqual([
    "raised: The worker is not well",
  ]);
});

test("a check clears only what it has looked at", () => {
  const look = looks();
  look([disk, other]);
  expect(look([], (alert) => alert.startsWith("audit/"))).toEqual(["cleared: No drift"]);
  expect(look([])).toEqual(["cleared: The worker is well again"]);
});

test("well again says since when it was not", () => {
  const question = { findings: [disk], hasLookedAt: () => true, nowMs: NOON };
  const first = decideAlerts({ ...question, standing: [] });
  const gone = decideAlerts({ ...question, findings: [], standing: first.standing });
  expect(gone.changes).toMatchObject([
    { detail: "The alert had stood since 2026-01-05T12:00:00.000Z." },
  ]);
  expect(gone.standing).toEqual([]);
});
