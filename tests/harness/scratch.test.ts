import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { isAlive } from "./processes.ts";
import { Scratch } from "./scratch.ts";

test("a process that outlives its test is named, ended and fails the test, and the folder is gone", async () => {
  const scratch = await Scratch.create();
  // In a session of its own and without a parent, as a program that a worker left behind.
  const parent = scratch.spawn([
    ...[process.execPath, "-e"],
    `const child = Bun.spawn(["sleep", "300"], { detached: true, stdio: ["ignore", "ignore", "ignore"] });
     console.log(child.pid);
     process.exit(0);`,
  ]);
  await parent.exited();
  const pid = Number(parent.output);
  expect(await isAlive(pid)).toBe(true);

  const leave = scratch[Symbol.asyncDispose]();
  await expect(leave).rejects.toThrow(/outlived the test:\n.*sleep 300/);
  expect(await isAlive(pid)).toBe(false);
  expect(existsSync(scratch.root)).toBe(false);
});

test("a child that the test forgot is asked to stop, and that is no fault", async () => {
  const scratch = await Scratch.create();
  const child = scratch.spawn(["sleep", "300"]);
  await scratch[Symbol.asyncDispose]();
  expect(child.hasEnded).toBe(true);
  expect(existsSync(scratch.root)).toBe(false);
});
