import { describe, expect, test } from "bun:test";
import type { AppFunction } from "@system-bus/inngest-api";
import { judgeWorker, type Registered } from "./check-worker.ts";

const fn = (id: string, more: Partial<AppFunction> = {}): AppFunction => ({
  id,
  name: id,
  app: { id: "system-bus" },
  triggers: [],
  ...more,
});

const registered: Registered = {
  workerOrigin: "http://127.0.0.1:3111",
  coded: ["a", "b"],
  app: {
    id: "system-bus",
    name: "system-bus",
    functionCount: 3,
    latestSync: { url: "http://localhost:3111/api/inngest" },
  },
  functions: [fn("a"), fn("b"), fn("b-failure")],
};

describe("the worker's registration", () => {
  test("is well when the engine knows each function that the code has, at this worker's address", () => {
    expect(judgeWorker(registered)).toMatchObject({ state: "well", evidence: { functions: 2 } });
  });

  test("any number of functions is not enough: it names those that are missing", () => {
    const verdict = judgeWorker({ ...registered, functions: [fn("a"), fn("c"), fn("d")] });
    expect(verdict).toMatchObject({
      state: "failed",
      text: "the engine doesn't know 1 of the worker's 2 functions: b",
      evidence: { missing: ["b"] },
    });
  });

  test("a function that the engine refuses to start is a failure", () => {
    const functions = [fn("a"), fn("b", { problem: "a bad expression" })];
    expect(judgeWorker({ ...registered, functions })).toMatchObject({
      state: "failed",
      text: "the engine refuses to start b",
    });
  });

  test("an engine that calls another port calls another worker", () => {
    const app = {
      ...registered,
      app: {
        id: "system-bus",
        name: "",
        functionCount: 2,
        latestSync: { url: "http://host.docker.internal:4000/api/inngest" },
      },
    };
    expect(judgeWorker(app)).toMatchObject({ state: "failed" });
    const same = { ...app, workerOrigin: "http://127.0.0.1:4000" };
    expect(judgeWorker(same)).toMatchObject({ state: "well" });
  });

  test("an engine that doesn't tell where it calls is believed", () => {
    const app = { id: "system-bus", name: "", functionCount: 2 };
    expect(judgeWorker({ ...registered, app })).toMatchObject({ state: "well" });
  });

  test("a worker that doesn't tell its functions is of an earlier release, not absent", () => {
    expect(judgeWorker({ ...registered, coded: [] })).toMatchObject({
      state: "failed",
      text: expect.stringContaining("of an earlier release"),
    });
  });

  test("a worker that doesn't answer is told as such", () => {
    expect(judgeWorker({ ...registered, coded: null })).toMatchObject({
      state: "failed",
      text: "no worker answers at http://127.0.0.1:3111",
    });
  });
});
