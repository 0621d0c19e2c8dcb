import { expect, test } from "bun:test";
import { plainPaint } from "../output/paint.ts";
import { PlantedBus } from "../testing/planted-bus.ts";
import { createExamination, type Examination } from "./examination.ts";
import { examine } from "./examine.ts";
import { renderReport } from "./render-report.ts";
import { fault, NotSeen, type Verdict, warning } from "./verdict.ts";

const words = { problem: "It is broken.", why: "nothing works", cure: "igs start" };
const that = (id: string, verdict: Verdict | (() => Promise<Verdict>), isRemote = false) =>
  createExamination({
    ...{ id, title: id, isRemote },
    look: async () => (typeof verdict === "function" ? verdict() : verdict),
    decide: (facts) => facts,
  });

async function run(examinations: readonly Examination[], isQuick = false) {
  await using bus = await PlantedBus.create();
  return examine(examinations, await bus.scene(), { timeMaxMs: 50, isQuick });
}

test("faults come before warnings, whatever the order of the examinations (X3)", async () => {
  const report = await run([
    that("old", { kind: "troubled", troubles: [warning(words)] }),
    that("well", { kind: "well", said: "as it should be" }),
    that("down", { kind: "troubled", troubles: [fault(words)] }),
    that("nothing", { kind: "unused", said: "not set up" }),
  ]);
  expect(report.findings.map(({ id, severity }) => [id, severity])).toEqual([
    ["down", "fault"],
    ["old", "warning"],
  ]);
  expect(report.well).toEqual([{ id: "well", said: "as it should be" }]);
  expect(report.unused).toEqual([{ id: "nothing", said: "not set up" }]);
});

test("one that hangs is not checked, and the others are told (X1)", async () => {
  let isAborted = false;
  const hangs = createExamination<never>({
    ...{ id: "ssh", title: "ssh" },
    look: (_, signal) => {
      signal.addEventListener("abort", () => {
        isAborted = true;
      });
      return new Promise(() => {});
    },
    decide: () => ({ kind: "well", said: "" }),
  });
  const report = await run([hangs, that("well", { kind: "well", said: "" })]);
  expect(report.unchecked).toEqual([{ id: "ssh", reason: "no answer within 0.05 s" }]);
  expect(report.well).toHaveLength(1);
  expect(isAborted).toBe(true);
});

test("one that breaks, or can't see, is not checked and never well (X2)", async () => {
  const report = await run([
    that("breaks", () => Promise.reject(new Error("EACCES"))),
    that("blind", () => Promise.reject(new NotSeen("no worker answers"))),
  ]);
  expect(report).toEqual({
    ...{ findings: [], well: [], unused: [] },
    unchecked: [
      { id: "breaks", reason: "looking failed: EACCES" },
      { id: "blind", reason: "no worker answers" },
    ],
  });
});

test("--quick leaves out what asks other machines, and says so", async () => {
  const report = await run([that("archive", { kind: "well", said: "" }, true)], true);
  expect(report.unchecked).toMatchObject([{ id: "archive" }]);
});

test("people read what is wrong, why, what to type, and one line for all that is well", async () => {
  const report = await run([
    that("down", { kind: "troubled", troubles: [fault({ ...words, hint: "Or not." })] }),
    that("well", { kind: "well", said: "as it should be" }),
    that("fine", { kind: "well", said: "as well" }),
    that("nothing", { kind: "unused", said: "not set up" }),
    that("keys", { kind: "unchecked", reason: "no engine answers" }),
    that("clock", { kind: "unchecked", reason: "no engine answers" }),
  ]);
  const finding = "✗ down  It is broken.\n  nothing works\n  igs start\n  Or not.";
  const unchecked = "? keys, clock  not checked: no engine answers";
  expect(renderReport(report, false, plainPaint)).toBe(
    `${finding}\n\n${unchecked}\n\n✓ 2 things are well, 1 not in use`,
  );
  expect(renderReport(report, true, plainPaint)).toEndWith(
    "✓ well  as it should be\n✓ fine  as well\n- nothing  not set up",
  );
});
