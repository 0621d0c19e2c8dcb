import { describe, expect, test } from "bun:test";
import { findSuites } from "./suites.ts";

const FILES = [
  "tests/chain/video.test.ts",
  "tests/checks/docs.test.ts",
  "apps/igs/src/a.test.ts",
  "packages/engine/test/runs.test.ts",
  "packages/engine/src/core/decide.test.ts",
  "bench/src/x.test.ts",
  "samples/x.test.ts",
  "tests/loops/kills.test.ts",
];

const ALL = { isFast: false, filters: [] };

describe("the suites of a checkout", () => {
  test("are one for each workspace: whole systems first, of which those that take minutes run by themselves, then packages, apps, benchmarks", () => {
    expect(findSuites(FILES, ALL)).toEqual([
      { name: "tests", folder: "tests", files: ["chain/video.test.ts", "checks/docs.test.ts"] },
      { name: "tests/loops", folder: "tests", files: ["loops/kills.test.ts"] },
      {
        name: "packages/engine",
        folder: "packages/engine",
        files: ["src/core/decide.test.ts", "test/runs.test.ts"],
      },
      { name: "apps/igs", folder: "apps/igs", files: ["src/a.test.ts"] },
      { name: "bench", folder: "bench", files: ["src/x.test.ts"] },
    ]);
  });

  test("leave whole systems out when it has to be fast, and keep the checks", () => {
    const suites = findSuites(FILES, { isFast: true, filters: [] });
    expect(suites[0]).toEqual({
      name: "tests",
      folder: "tests",
      files: ["checks/docs.test.ts"],
    });
  });

  test("are narrowed by parts of paths, and a workspace without a match is not started", () => {
    const suites = findSuites(FILES, { isFast: false, filters: ["engine/src", "video"] });
    expect(suites).toEqual([
      { name: "tests", folder: "tests", files: ["chain/video.test.ts"] },
      { name: "packages/engine", folder: "packages/engine", files: ["src/core/decide.test.ts"] },
    ]);
  });
});
