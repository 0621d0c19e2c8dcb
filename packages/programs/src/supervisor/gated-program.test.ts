import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProcessTable } from "../processes/open-process-table.ts";
import { openGate } from "./gated-program.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "programs-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function open(script: string, inputPath: string | null = null) {
  const paths = { stdoutPath: join(dir, "out"), stderrPath: join(dir, "err") };
  const env = { PATH: process.env["PATH"] ?? "" };
  return openGate({ command: "/bin/sh", args: ["-c", script], cwd: dir, inputPath, env }, paths);
}

describe("a program at the gate", () => {
  test("runs nothing before it is let go, and keeps its identity afterwards", async () => {
    const table = openProcessTable();
    const program = open("echo ran; echo $$; exit 5");
    const before = await table.find(program.pid);
    await Bun.sleep(50);
    expect(program.exit()).toBeNull();
    expect(await readFile(join(dir, "out"), "utf8")).toBe("");

    await program.letGo();
    expect(await program.ended).toEqual({ exitCode: 5, signal: null });
    expect(await readFile(join(dir, "out"), "utf8")).toBe(`ran\n${before?.pid}\n`);
  });

  test("leads a group of its own from the beginning", async () => {
    const program = open("true");
    expect(await openProcessTable().find(program.pid)).toMatchObject({ groupPid: program.pid });
    await program.letGo();
    await program.ended;
  });

  test("never runs when whoever holds the gate dies", async () => {
    const holder = Bun.spawn(
      [
        process.execPath,
        "-e",
        `import { openGate } from ${JSON.stringify(join(import.meta.dir, "gated-program.ts"))};
         const paths = { stdoutPath: "out", stderrPath: "err" };
         const launch = { command: "/bin/sh", args: ["-c", "echo ran"], cwd: process.cwd(), inputPath: null, env: {} };
         console.log(openGate(launch, paths).pid);
         await Bun.sleep(60_000);`,
      ],
      { cwd: dir, stdout: "pipe" },
    );
    const { value } = await holder.stdout.getReader().read();
    const pid = Number(new TextDecoder().decode(value));
    holder.kill("SIGKILL");
    await holder.exited;
    while ((await openProcessTable().find(pid)) !== null) await Bun.sleep(5);
    expect(await readFile(join(dir, "out"), "utf8")).toBe("");
  });

  test("that is killed there is an ordinary end", async () => {
    const program = open("echo ran");
    process.kill(program.pid, "SIGKILL");
    expect(await program.ended).toEqual({ exitCode: null, signal: "SIGKILL" });
    await program.letGo();
  });
});
