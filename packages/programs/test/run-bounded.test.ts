// What someone at a terminal needs of a bounded program: its words and its complaints apart, an input, and
// an end when the person has had enough.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BoundedProgram, runBounded } from "../src/bounded/run-bounded.ts";
import { openProcessTable } from "../src/processes/open-process-table.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "run-bounded-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const shell = (script: string, more: Partial<BoundedProgram> = {}): BoundedProgram => ({
  ...{ command: "sh", args: ["-c", script], cwd: folder, env: { PATH: "/usr/bin:/bin" } },
  ...{ outputPath: join(folder, "out"), outputMaxBytes: 1_000_000, timeMaxMs: 60_000 },
  ...more,
});
const read = (name: string) => readFile(join(folder, name), "utf8");

test("stderr goes into a file of its own where one is named, else to the output", async () => {
  await runBounded(shell("echo said; echo complained >&2", { errorPath: join(folder, "err") }));
  expect([await read("out"), await read("err")]).toEqual(["said\n", "complained\n"]);
  await runBounded(shell("echo complained >&2"));
  expect(await read("out")).toBe("said\ncomplained\n");
});

test("its input is the file that is named, else it is empty", async () => {
  const inputPath = join(folder, "in");
  await writeFile(inputPath, "material");
  await runBounded(shell("cat", { inputPath }));
  await runBounded(shell("cat"));
  expect(await read("out")).toBe("material");
});

test("when it is stopped its time is over, and nothing of it lives", async () => {
  const stop = new AbortController();
  const running = runBounded(
    shell("sleep 300 & echo $! > child; wait", { stop: stop.signal, timeMaxMs: 300_000 }),
  );
  const child = await waitForText(join(folder, "child"));
  stop.abort();
  expect(await running).toMatchObject({ endedBy: "time-limit" });
  expect(await openProcessTable().find(Number(child))).toBeNull();
});

async function waitForText(path: string): Promise<string> {
  for (let tries = 0; tries < 500; tries += 1) {
    const text = await readFile(path, "utf8").catch(() => "");
    if (text.endsWith("\n")) return text.trim();
    await Bun.sleep(10);
  }
  throw new Error(`${path} was not written`);
}
