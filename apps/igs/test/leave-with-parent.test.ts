// What becomes of a part that isn't ours, such as a real server, when its supervisor is killed.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isProcessAlive } from "../src/supervisor/parts-record.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "leave-with-parent-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const partProcess = join(import.meta.dir, "../src/supervisor/part-process.ts");

/** A supervisor of one part, a shell that notes its pid and each line of `script`. */
function startSupervisor(script: string) {
  const main = join(folder, "supervisor.ts");
  writeFileSync(
    main,
    `import { startPart } from ${JSON.stringify(partProcess)};
const part = startPart(
  {
    name: "engine",
    argv: ["/bin/sh", "-c", ${JSON.stringify(`echo $$ >pid; ${script}`)}],
    cwd: ${JSON.stringify(folder)},
    env: { PATH: "/usr/bin:/bin" },
    waitUntilReady: async () => {},
    isFirstLineOurs: false,
    stopMaxMs: 5_000,
  },
  (line) => console.log(line),
);
process.on("SIGTERM", () => void part.stop());
console.log(JSON.stringify(await part.exited));
`,
  );
  return Bun.spawn([process.execPath, "--no-env-file", main], {
    stdout: "pipe",
    stderr: "inherit",
  });
}

async function untilPid(): Promise<number> {
  for (;;) {
    const text = await Bun.file(join(folder, "pid"))
      .text()
      .catch(() => "");
    if (text.trim() !== "") return Number(text);
    await Bun.sleep(20);
  }
}

test("it is ended within a moment", async () => {
  const supervisor = startSupervisor("exec sleep 300");
  const pid = await untilPid();
  supervisor.kill("SIGKILL");
  await supervisor.exited;
  while (isProcessAlive(pid)) await Bun.sleep(20);
});

test("what it says and how it ends is told as if nothing stood between, and a stop reaches it", async () => {
  const trap =
    'trap "echo stopping >stopped; exit 7" TERM; echo ready; while :; do sleep 0.05; done';
  const supervisor = startSupervisor(trap);
  await untilPid();
  supervisor.kill("SIGTERM");
  const lines = (await supervisor.stdout.text()).trim().split("\n");
  expect(lines[0]).toBe("ready");
  expect(JSON.parse(lines.at(-1) ?? "")).toEqual({ exitCode: 7, signal: null });
  expect(readFileSync(join(folder, "stopped"), "utf8")).toBe("stopping\n");
});
