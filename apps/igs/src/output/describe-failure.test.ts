import { expect, test } from "bun:test";
import { EngineError } from "@system-bus/engine";
import { InngestApiError } from "@system-bus/inngest-api";
import { readSettings } from "@system-bus/settings";
import { SystemLogError } from "@system-bus/system-log";
import { describeFailure } from "./describe-failure.ts";
import { CliError, EXIT_CODES } from "./failure.ts";

test("an engine that can't be reached is unavailable: exit code 3", () => {
  const error = new InngestApiError("unreachable", "No engine answers.", { fix: "Start one." });
  const failure = describeFailure(error);
  expect(failure).toEqual({
    code: "unreachable",
    message: "No engine answers.",
    fix: "Start one.",
  });
  expect(EXIT_CODES[failure.code]).toBe(3);
});

test("a bad setting is a mistake in the command's surroundings: exit code 2", () => {
  let thrown: unknown;
  try {
    readSettings({ env: { BUS_ENGINE_PORT: "no-port" }, home: "/nowhere" });
  } catch (error) {
    thrown = error;
  }
  const failure = describeFailure(thrown);
  expect(failure.code).toBe("settings");
  expect(failure.message).toContain("BUS_ENGINE_PORT");
  expect(failure.fix).toContain("igs config");
  expect(EXIT_CODES[failure.code]).toBe(2);
});

test("a log that can't be written names the vault's setting", () => {
  const failure = describeFailure(new SystemLogError("LOG_NOT_WRITTEN", "disk is full"));
  expect(failure.code).toBe("log");
  expect(failure.fix).toContain("vault");
});

test("two engines on one folder are told apart from a fault of ours", () => {
  const failure = describeFailure(new EngineError("DATA_IN_USE", "Another engine uses it."));
  expect(failure.code).toBe("unavailable");
});

test("a failure of a command is told as it is", () => {
  const failure = { code: "not-found", message: "No step.", fix: "Its steps are: a." } as const;
  expect(describeFailure(new CliError(failure))).toEqual(failure);
});

test("anything else is our own fault and says so", () => {
  const failure = describeFailure(new TypeError("x is undefined"));
  expect(failure.code).toBe("internal");
  expect(failure.message).toContain("x is undefined");
});
