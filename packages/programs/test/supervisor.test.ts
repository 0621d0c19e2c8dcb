import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { OTHER_RUN_ID, ProgramBench, waitFor } from "./program-bench.ts";

const FORKING_PROGRAM = fileURLToPath(new URL("./forking-program.ts", import.meta.url));

let bench: ProgramBench;
beforeEach(async () => {
  bench = await ProgramBench.open({ outputMaxBytes: 64 * 1024 });
});
afterEach(() => bench.close());

/** Starts the program that scatters processes; returns its key and where the pids will stand. */
async function startForking(mode: "leave" | "stay", wallClockMaxMs: number) {
  const pidFile = join(bench.scratch, "pids.json");
  const args = [FORKING_PROGRAM, mode, pidFile];
  const key = await bench.start("", { command: process.execPath, args, wallClockMaxMs });
  const readPids = async (): Promise<readonly number[] | null> => {
    const text = await readFile(pidFile, "utf8").catch(() => "");
    return text === "" ? null : JSON.parse(text);
  };
  const pids = await waitFor("the program has forked", readPids);
  return { key, pids };
}

async function livingOf(pids: readonly number[]): Promise<readonly number[]> {
  const living = await Promise.all(pids.map((pid) => bench.isPidAlive(pid)));
  return pids.filter((_, index) => living[index]);
}

describe("a program under its supervisor", () => {
  test("leaves its exit code and its output on disk", async () => {
    const key = await bench.start("echo out; echo err >&2; exit 3");
    expect(await bench.ended(key)).toMatchObject({ endedBy: "exit", exitCode: 3, signal: null });
    expect(await bench.stdout(key)).toBe("out\n");
    expect(await bench.stderr(key)).toBe("err\n");
  });

  test("gets its arguments exactly as they are, whatever a shell would make of them", async () => {
    const odd = ["", " a  b ", "$HOME `id` \"'\\", "-n", "*", "ä\n€", "--"];
    const key = await bench.start("", { args: ["-c", 'printf "%s|" "$@"', "sh", ...odd] });
    expect(await bench.ended(key)).toMatchObject({ exitCode: 0 });
    expect(await bench.stdout(key)).toBe(`${odd.join("|")}|`);
  });

  test("reads the file that its spec names as its stdin, to the end and byte for byte", async () => {
    const inputPath = join(bench.scratch, "input with spaces; $(echo x)");
    await writeFile(inputPath, "one\ntwo, without an end of line");
    const key = await bench.start("cat; echo; echo end", { inputPath });
    await bench.ended(key);
    expect(await bench.stdout(key)).toBe("one\ntwo, without an end of line\nend\n");
  });

  test("has an empty stdin", async () => {
    const key = await bench.start("cat; echo read all");
    expect(await bench.ended(key)).toMatchObject({ exitCode: 0 });
    expect(await bench.stdout(key)).toBe("read all\n");
  });

  test("starts in a folder of its own, and in another when its spec says so", async () => {
    const own = await bench.start("pwd -P; echo x >kept", { stepId: "own" });
    const other = await bench.start("pwd -P", { stepId: "other", cwd: "/" });
    await bench.ended(own);
    await bench.ended(other);
    expect((await bench.stdout(own)).trim()).toEndWith(`${own}/work`);
    expect(await readdir(bench.folder(own).workPath)).toEqual(["kept"]);
    expect(await bench.stdout(other)).toBe("/\n");
  });

  test("sees the allowed part of the worker's environment and what its spec adds", async () => {
    const env = { PATH: process.env["PATH"], HOME: "/home/ann", INNGEST_SIGNING_KEY: "c0ffee" };
    const deps = bench.depsWith({ env });
    const key = await bench.start("env", { env: { MODEL_KEY: "sk-1" } }, deps);
    await bench.ended(key);
    const lines = (await bench.stdout(key)).split("\n");
    expect(lines).toContain("HOME=/home/ann");
    expect(lines).toContain("MODEL_KEY=sk-1");
    expect(lines.join("\n")).not.toContain("c0ffee");
  });

  test("is told apart when a signal ended it", async () => {
    const key = await bench.start("kill -SEGV $$");
    const ended = await bench.ended(key);
    expect(ended).toMatchObject({ endedBy: "signal", exitCode: null, signal: "SIGSEGV" });
  });

  test("ends at its wall limit, which its supervisor counts", async () => {
    const key = await bench.start("echo begun; sleep 300", { wallClockMaxMs: 700 });
    expect(await bench.ended(key)).toMatchObject({ endedBy: "wall-limit", signal: "SIGTERM" });
    const { launchedAt = "" } = (await bench.folder(key).readLaunch()) ?? {};
    const { endedAt } = await bench.ended(key);
    const livedMs = Date.parse(endedAt) - Date.parse(launchedAt);
    expect(livedMs).toBeGreaterThan(650);
    expect(livedMs).toBeLessThan(3_000);
  });

  test("has less of a grace when its spec says so", async () => {
    const key = await bench.start("trap '' TERM; echo ready; while :; do sleep 0.01; done", {
      wallClockMaxMs: 300,
      graceMaxMs: 0,
    });
    const beganMs = performance.now();
    expect(await bench.ended(key)).toMatchObject({ endedBy: "wall-limit", signal: "SIGKILL" });
    expect(performance.now() - beganMs).toBeLessThan(4_000);
  });

  test("takes its whole tree with it, strays and other sessions included", async () => {
    const { key, pids } = await startForking("stay", 3_000);
    expect(pids).toHaveLength(4);
    expect(await livingOf(pids)).toEqual(pids);
    expect(await bench.ended(key)).toMatchObject({ endedBy: "wall-limit" });
    expect(await livingOf(pids)).toEqual([]);
  });

  test("L3: has ended only when the children that it left behind are dead, too", async () => {
    const { key, pids } = await startForking("leave", 60_000);
    expect(await bench.ended(key)).toMatchObject({ endedBy: "exit", exitCode: 0 });
    expect(await livingOf(pids)).toEqual([]);
  });

  test("keeps the beginning and the end of a flood of output, within its bound", async () => {
    const key = await bench.start("echo first; yes | head -c 30000000; sleep 0.5; echo last");
    const ended = await bench.ended(key);
    const output = await bench.stdout(key);
    expect(ended).toMatchObject({ endedBy: "exit", exitCode: 0 });
    expect(ended.outputDroppedBytes).toBeGreaterThan(29_000_000);
    expect(output.length).toBeLessThanOrEqual(64 * 1024);
    expect(output).toStartWith("first\ny\ny\n");
    expect(output).toEndWith("y\nlast\n");
    expect(output).toMatch(/\n\[\d+ bytes of output were cut out here/);
  });

  test("whose arguments are too long for the system says so, and has ended", async () => {
    const args = ["-c", "true", "x".repeat(3_000_000)];
    const key = await bench.start("", { args });
    expect(await bench.ended(key)).toMatchObject({ endedBy: "exit", exitCode: 127 });
    expect(await bench.stderr(key)).toContain("cannot start");
  });
});

describe("a program that cannot start", () => {
  test("because it is not installed is one clear error, and leaves nothing behind", async () => {
    const start = bench.start("", { command: "no-such-program-here" });
    await expect(start).rejects.toMatchObject({ code: "COMMAND_MISSING" });
    await expect(start).rejects.toThrow("no-such-program-here is not installed");
    await start.catch(() => {});
    expect(await readdir(bench.dir)).toEqual([]);
  });

  test.each([
    ["its folder is missing", { cwd: "/no/such/folder" }, "no such folder"],
    ["its input is missing", { inputPath: "/no/such/file" }, "no such file"],
    ["its input is no file, and could keep it waiting", { inputPath: "/dev/zero" }, "no such file"],
    ["its input is named by a relative path", { inputPath: "file" }, "absolute path"],
    ["its slot has no name that we know", { slot: "tpu" }, "no slot is named tpu (there are: gpu)"],
    ["its limit is none", { wallClockMaxMs: 0 }, "wallClockMaxMs"],
    ["its command is a relative path", { command: "bin/x" }, "absolute path"],
    ["an argument holds a NUL", { args: ["a\0b"] }, "NUL"],
    ["it wants a key of the bus", { env: { INNGEST_EVENT_KEY: "x" } }, "belongs to the bus"],
    ["its run id is a path", { runId: "../../etc" }, "ULID"],
  ])("because %s is refused", async (_why, options, message) => {
    await expect(bench.start("true", options)).rejects.toMatchObject({ code: "SPEC_INVALID" });
    await expect(bench.start("true", options)).rejects.toThrow(message);
  });
});

describe("a supervisor", () => {
  test("shows and stores no secret", async () => {
    const secret = `secret-${crypto.randomUUID()}`;
    const deps = bench.depsWith({ sendTo: { baseUrl: bench.baseUrl, eventKey: secret } });
    const key = await bench.start("sleep 300", { env: { MODEL_KEY: secret } }, deps);
    await bench.waitForState(key, "running");

    const pid = await bench.supervisorPid(key);
    const shown = Bun.spawnSync([
      "ps",
      "-ww",
      "-o",
      "command=",
      "-p",
      String(pid),
    ]).stdout.toString();
    expect(shown).toContain(key);
    expect(shown).not.toContain(secret);
    if (process.platform === "linux") {
      expect(await readFile(`/proc/${pid}/environ`, "utf8")).not.toContain(secret);
    }
    const names = await readdir(bench.dir, { recursive: true, withFileTypes: true });
    for (const file of names.filter((entry) => entry.isFile())) {
      expect(await readFile(join(file.parentPath, file.name), "utf8")).not.toContain(secret);
    }
  });

  test("keeps what it writes for its owner", async () => {
    const key = await bench.start("true");
    await bench.ended(key);
    expect((await stat(bench.dir)).mode & 0o777).toBe(0o700);
    for (const name of ["claim.json", "ended.json", "stdout.log", "supervisor.log"]) {
      expect((await stat(join(bench.folder(key).path, name))).mode & 0o777).toBe(0o600);
    }
  });

  test("beats while it lives", async () => {
    const key = await bench.start("sleep 300");
    const first = await waitFor("a first beat", () => bench.folder(key).readHeartbeat());
    await waitFor("a second beat", async () => {
      const beat = await bench.folder(key).readHeartbeat();
      return beat?.beatAt !== first.beatAt;
    });
  });

  test("that is told to go ends its program first, which counts as lost", async () => {
    const key = await bench.start("sleep 300");
    await bench.waitForState(key, "running");
    process.kill(await bench.supervisorPid(key), "SIGTERM");
    expect(await bench.ended(key)).toMatchObject({ endedBy: "lost", signal: "SIGTERM" });
    expect(await bench.marked(key)).toEqual([]);
  });

  test("whose folder is deleted goes, and takes its program along", async () => {
    const key = await bench.start("sleep 300");
    await bench.waitForState(key, "running");
    const pid = await bench.supervisorPid(key);
    // The supervisor sees it go, and removes what is left at the same time.
    await rm(bench.folder(key).path, { recursive: true, force: true });
    await waitFor("both are gone", async () => {
      return !(await bench.isPidAlive(pid)) && (await bench.marked(key)).length === 0;
    });
  });

  test("L1: is found again by a repeated start, and no second program runs", async () => {
    const script = "echo started >>starts; sleep 300";
    const keys = await Promise.all(Array.from({ length: 6 }, () => bench.start(script)));
    expect(new Set(keys).size).toBe(1);
    const [key = ""] = keys;
    await bench.waitForState(key, "running");
    const pid = await bench.supervisorPid(key);
    expect(await bench.start(script)).toBe(key);
    expect(await bench.supervisorPid(key)).toBe(pid);
    await waitFor("the program began", async () => (await bench.marked(key)).length > 0);
    // A second one would have begun by then, too.
    await Bun.sleep(300);
    expect(await readFile(join(bench.folder(key).workPath, "starts"), "utf8")).toBe("started\n");
  });

  test("is one per run, step and attempt", async () => {
    const keys = [
      await bench.start("sleep 300"),
      await bench.start("sleep 300", { attempt: 2 }),
      await bench.start("sleep 300", { stepId: "other" }),
      await bench.start("sleep 300", { runId: OTHER_RUN_ID }),
    ];
    const pids = await Promise.all(keys.map((key) => bench.supervisorPid(key)));
    expect(new Set(pids).size).toBe(4);
  });
});
