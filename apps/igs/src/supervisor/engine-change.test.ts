import { expect, test } from "bun:test";
import { findEngineChangeFailure } from "./engine-change.ts";

const onEmbedded = { engine: "embedded", url: "http://127.0.0.1:8288" } as const;
const onInngest = { engine: "inngest", url: "http://bus:8288" } as const;

test("the first start, and a start on the same engine, are free", () => {
  const common = { isChosen: false, unfinishedCount: 5 };
  expect(findEngineChangeFailure({ ...common, last: null, next: "embedded" })).toBeNull();
  expect(findEngineChangeFailure({ ...common, last: onInngest, next: "inngest" })).toBeNull();
});

test("a change away from unfinished runs is refused, even when it was asked for", () => {
  const change = { last: onEmbedded, next: "inngest", isChosen: true, unfinishedCount: 2 } as const;
  const failure = findEngineChangeFailure(change);
  expect(failure?.code).toBe("unfinished-runs");
  expect(failure?.message).toContain("2 runs are not finished");
  expect(failure?.fix).toContain("--engine embedded");
});

test("a change away from an engine where all is done is free", () => {
  const change = {
    last: onEmbedded,
    next: "inngest",
    isChosen: false,
    unfinishedCount: 0,
  } as const;
  expect(findEngineChangeFailure(change)).toBeNull();
});

test("away from an engine that can't be asked, only a person may change, auto may not", () => {
  const change = { last: onInngest, next: "embedded", unfinishedCount: null } as const;
  expect(findEngineChangeFailure({ ...change, isChosen: true })).toBeNull();
  const failure = findEngineChangeFailure({ ...change, isChosen: false });
  expect(failure?.message).toContain("http://bus:8288");
  expect(failure?.fix).toContain("--engine embedded");
});
