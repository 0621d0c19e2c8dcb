// What becomes of a part that runs under `bun --watch`, as the worker of `igs dev` does.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bunArgv } from "../src/supervisor/bun-argv.ts";
import { readLines } from "../src/supervisor/lines.ts";

let folder: string;
let part: Bun.Subprocess<"ignore", "pipe", "pipe"> | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "igs-watch-"));
});
afterEach(async () => {
  part?.kill("SIGKILL");
  await part?.exited;
  await rm(folder, { recursive: true });
});

async function startWatched(code: string) {
  const script = join(folder, "part.ts");
  await Bun.write(script, code);
  const argv = [...bunArgv([script], { isWatching: true })];
  part = Bun.spawn(argv, { cwd: folder, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  return { part, script };
}

const SERVE = `Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("here") });`;

test("a part that throws ends, instead of going on without its timers", async () => {
  const started = await startWatched(
    `${SERVE} setTimeout(() => { throw new Error("fault"); }, 50);`,
  );
  expect(await started.part.exited).toBe(1);
  expect(await started.part.stderr.text()).toContain("fault");
});

test("a promise that nobody caught ends it as well", async () => {
  const started = await startWatched(`${SERVE} setTimeout(() => Promise.reject("fault"), 50);`);
  expect(await started.part.exited).toBe(1);
});

test("code that can't be read waits for the next change", async () => {
  const { part, script } = await startWatched(`${SERVE} console.log("first");`);
  const lines = readLines(part.stdout);
  expect((await lines.next()).value).toBe("first");
  await Bun.write(script, "const x = ;");
  const errors = readLines(part.stderr);
  while (!String((await errors.next()).value).includes("error:"));
  await Bun.write(script, `${SERVE} console.log("mended");`);
  expect((await lines.next()).value).toBe("mended");
});
