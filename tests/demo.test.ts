import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ChildProcess } from "./harness/child-process.ts";
import { findProcessesOf } from "./harness/processes.ts";
import { Scratch } from "./harness/scratch.ts";
import { canDownload, canRecognise } from "./harness/tools.ts";

const DEMO = join(import.meta.dir, "../bin/demo");
const SECOND_RUN_MAX_MS = 15_000;

let scratch: Scratch;
beforeEach(async () => {
  scratch = await Scratch.create();
});
afterEach(() => scratch[Symbol.asyncDispose]());

function demo(args: readonly string[] = [], env: Record<string, string> = {}): ChildProcess {
  return scratch.spawn([DEMO, ...args], { env: { XDG_CACHE_HOME: scratch.path("cache"), ...env } });
}

/** Captions are there at once: what is not about speech need not wait for it. */
const quickly = { TRANSCRIPT_ORDER: "captions" };

async function listNotes(home: "demo" | "crash"): Promise<string[]> {
  const folder = scratch.path("cache/system-bus", home, "vault/Resources/videos");
  return (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".md"));
}

describe.skipIf(!canDownload)("bin/demo", () => {
  test("ends with the note, and a second time says within seconds that it was there", async () => {
    const first = demo([], quickly);
    expect(await first.exited()).toBe(0);
    expect(first.output).toContain("│ # A nervous system for a small machine");
    expect(first.output).toContain("In the morning it starts again, and goes on from there.");
    expect(first.output).toMatch(/content-summarize[\s\S]*pi-enrich[\s\S]*\d ms/);
    expect(first.output).toMatch(/Dashboard {3}http:\/\/127\.0\.0\.1:\d+/);
    expect(await listNotes("demo")).toEqual(["a-nervous-system-for-a-small-machine.md"]);

    const beganAtMs = performance.now();
    const second = demo([], quickly);
    expect(await second.exited()).toBe(0);
    expect(performance.now() - beganAtMs).toBeLessThan(SECOND_RUN_MAX_MS);
    expect(second.output).toContain("the same video makes no second one");
    expect(await listNotes("demo")).toHaveLength(1);
  });

  test("--keep leaves engine and worker running, the next demo uses them, --stop ends them", async () => {
    const kept = demo(["--keep"], quickly);
    expect(await kept.exited()).toBe(0);
    const dashboard = /Dashboard {3}(\S+)/.exec(kept.output)?.[1] ?? "";
    expect((await fetch(dashboard)).status).toBe(200);

    const next = demo([], quickly);
    expect(await next.exited()).toBe(0);
    expect(next.output).toContain("kept from an earlier demo");

    expect(await demo(["--stop"]).exited()).toBe(0);
    expect(await findProcessesOf(scratch.root)).toEqual([]);
  });

  test("Ctrl-C ends everything that it started, the program at work as well", async () => {
    // The sample comes slowly in a demo that is to crash, so that there is a download to interrupt.
    const interrupted = demo(["--crash"], quickly);
    await interrupted.waitForLine(/started again/);
    interrupted.signal("SIGINT");
    expect(await interrupted.exited()).toBe(130);
    expect(await findProcessesOf(scratch.root)).toEqual([]);
  });

  test.skipIf(!canRecognise)(
    "--crash kills engine and worker in the middle of both programs, and there is one note",
    async () => {
      const crashed = demo(["--crash"]);
      expect(await crashed.exited()).toBe(0);
      const kills = crashed.output.match(/kill -9 \d+ \d+: .* in the middle of .*/g) ?? [];
      // The sound is taken out in a moment: a slow machine may be met in the middle of that, too.
      const steps = kills.map((line) => line.split(" ").at(-1));
      expect(steps.filter((step) => step !== "transcribe:audio")).toEqual([
        "download",
        "transcribe",
      ]);
      expect(
        crashed.output.match(/goes on without them: \d+ \S*(python3|pocketsphinx)/g),
      ).toHaveLength(2);
      expect(await listNotes("crash")).toEqual(["a-nervous-system-for-a-small-machine.md"]);
    },
  );

  test("an address that is none ends with one clear line and starts nothing", async () => {
    const refused = demo(["ftp://127.0.0.1/talk.mp4"]);
    expect(await refused.exited()).toBe(2);
    expect(refused.textOf("stderr")).toContain("only http and https addresses are fetched");
    expect(await readdir(scratch.path("cache/system-bus"))).toEqual([]);
  });
});
