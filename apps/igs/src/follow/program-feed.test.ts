import { expect, test } from "bun:test";
import { LeapingClock } from "../testing/leaping-clock.ts";
import { createProgramFeed, loadPrograms, type ProgramSeen } from "./program-feed.ts";

const program: ProgramSeen = {
  key: "r1-download-1",
  runId: "r1",
  stepId: "download",
  state: "running",
  slot: null,
  lastLine: "1 of 3",
};

function feedOf(programs: () => readonly ProgramSeen[] | null) {
  const clock = new LeapingClock();
  const told: string[] = [];
  let loadCount = 0;
  const look = createProgramFeed({
    clock,
    load: async () => {
      loadCount += 1;
      return programs();
    },
    tell: (_, text) => told.push(text),
  });
  return { look, clock, told, loadCount: () => loadCount };
}

test("a program's last line is told when it changed", async () => {
  let lastLine = "1 of 3";
  const { look, clock, told } = feedOf(() => [{ ...program, lastLine }]);
  await look(["r1"]);
  clock.advanceMs(1_000);
  await look(["r1"]);
  lastLine = "2 of 3";
  clock.advanceMs(1_000);
  await look(["r1"]);
  expect(told).toEqual(["1 of 3", "2 of 3"]);
});

test("the worker is asked twice a second at most, and not without a run", async () => {
  const { look, clock, loadCount } = feedOf(() => []);
  await look([]);
  await look(["r1"]);
  clock.advanceMs(499);
  await look(["r1"]);
  expect(loadCount()).toBe(1);
  clock.advanceMs(1);
  await look(["r1"]);
  expect(loadCount()).toBe(2);
});

test("programs of other runs and ended ones are none of our business", async () => {
  const { look, told } = feedOf(() => [
    { ...program, runId: "r2" },
    { ...program, state: "ended" },
  ]);
  await look(["r1"]);
  expect(told).toEqual([]);
});

test("a program in line says for what it waits", async () => {
  const slot = { name: "gpu", aheadCount: 2 };
  const { look, told } = feedOf(() => [{ ...program, state: "waiting", slot }]);
  await look(["r1"]);
  expect(told).toEqual(["waits for the gpu slot, 2 ahead of it"]);
});

test("no worker is no failure", async () => {
  expect(await loadPrograms("http://127.0.0.1:9")).toBeNull();
});

test("the worker's answer is read, as a list or as an object", async () => {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    routes: {
      "/programs": () => Response.json({ programs: [program] }),
    },
  });
  const programs = await loadPrograms(server.url.origin);
  await server.stop(true);
  expect(programs).toEqual([program]);
});
