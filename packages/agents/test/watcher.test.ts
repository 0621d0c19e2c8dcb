// The watcher of `src/capped` as a process, its agents shell scripts. What real agents do under it is in
// tests/agents/capped.test.ts.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { orderArguments } from "../src/capped/order.ts";
import { isAlive, waitFor } from "./looking.ts";
import { callLine, WatchedRun } from "./watched-run.ts";

let run: WatchedRun;
beforeEach(async () => {
  run = await WatchedRun.create();
});
afterEach(() => run[Symbol.asyncDispose]());

const say = (...lines: readonly string[]) =>
  `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")}`;
const END = JSON.stringify({
  type: "agent_end",
  messages: [{ role: "assistant", content: [{ type: "text", text: "Done." }], stopReason: "stop" }],
});
const FOR_EVER = "while :; do sleep 60; done";
const used = (calls: number) => ({
  usage: { inputTokens: 100 * calls, cachedTokens: 40 * calls, outputTokens: 20 * calls },
});
/** 60 fresh, 40 cached, 20 out. */
const CALL_USD = (60 * 1 + 40 * 0.1 + 20 * 10) / 1_000_000;

describe("an agent under its caps", () => {
  test("ends as it ends without a watcher: its output, byte by byte, its input, folder, arguments and exit code", async () => {
    const script = [
      'pwd; echo "$PWD"; printf "<%s>" "$0" "$@"; cat; head -c 100000 /dev/urandom >random',
      "env | grep -v '^_=' | sort; printf 'no line end'; echo trouble >&2; printf '\\377\\000bytes' >&2; exit 7",
    ].join("\n");
    await Bun.write(run.path("material"), "what goes in\n");
    const options = { inputPath: run.path("material") };
    const child = await run.start(script, options);
    await child.exited;
    const [stdout, stderr] = [await run.read("stdout.log"), await run.read("stderr.log")];
    expect(child.exitCode).toBe(7);
    expect(stdout).toContain("what goes in");
    expect(stdout).toContain("<Say hello.>");

    await using bare = await WatchedRun.create();
    const args = /(<.*>)what/s.exec(stdout)?.[1]?.slice(1, -1).split("><").slice(1) ?? [];
    const bareOptions = { ...options, env: { PI_TELEMETRY: "0" } };
    await bare.spawn([run.agent, ...args], run.path("project"), bareOptions).exited;
    const plain = (text: string) => text.replaceAll(bare.root, run.root);
    const withoutPwd = (text: string) => text.replace(/^(PWD=|OLDPWD=).*\n/gm, "");
    expect(withoutPwd(stdout)).toBe(withoutPwd(plain(await bare.read("stdout.log"))));
    expect(stderr).toBe(await bare.read("stderr.log"));
  });

  test("goes out through its watcher's gate, and without caps as it would go by itself", async () => {
    const capped = await run.start("env; exit 0", { caps: { tokensMax: 1_000 } });
    await capped.exited;
    expect(await run.read("stdout.log")).toMatch(/^HTTPS_PROXY=http:\/\/agent:.+@127\.0\.0\.1:/m);
    await using other = await WatchedRun.create();
    const free = await other.start("env; exit 0");
    await free.exited;
    expect(await other.read("stdout.log")).not.toContain("http://agent:");
  });

  test("has its answer, its usage and its cost, by the price table", async () => {
    const result = await run.run(`${say(callLine(1), callLine(2), callLine(2), END)}`);
    expect(result).toMatchObject({ ok: true, text: "Done.", isCapped: false, ...used(2) });
    expect(result.costUsd).toBeCloseTo(2 * CALL_USD, 12);
  });

  test("has a cost only where all its calls have a price, and none is nothing, not unknown", async () => {
    const calls = [callLine(1), callLine(2, "nobody-knows"), callLine(3)];
    const unknown = await run.run(say(...calls, END));
    expect(unknown).toMatchObject({ ok: true, costUsd: null, ...used(3) });
    await using other = await WatchedRun.create();
    expect(await other.run("exit 3")).toMatchObject({ kind: "crashed", costUsd: 0, ...used(0) });
  });

  test.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)(
    "ends by %s, when that is what ended it",
    async (signal) => {
      const result = await run.run(`${say(callLine(1))}; kill -${signal.slice(3)} $$; ${FOR_EVER}`);
      expect(result).toMatchObject({ ok: false, kind: "crashed", isCapped: false, ...used(1) });
      expect(result).toMatchObject({ reason: `it was ended by ${signal}` });
    },
  );

  test("that dies of a fault of its own has crashed, without a report of a crash of ours", async () => {
    const result = await run.run("kill -SEGV $$");
    expect(result).toMatchObject({
      kind: "crashed",
      reason: "exit code 139: it ended with exit code 139",
    });
    expect(await run.read("stderr.log")).toBe("");
  });

  test("works in a folder of its own, where none is named, and finds nothing of the watcher's there", async () => {
    await run.run("ls -A; pwd", { folder: undefined });
    expect((await run.read("stdout.log")).trim()).toBe(run.path("work/agent"));
  });

  test("is not changed by what lies in its project for Bun", async () => {
    await Bun.write(run.path("project/.env"), "PLANTED=yes\n");
    await Bun.write(run.path("project/bunfig.toml"), 'preload = ["./planted.ts"]\n');
    await Bun.write(run.path("project/planted.ts"), 'console.log("planted");\n');
    await run.run("env");
    expect(await run.read("stdout.log")).not.toMatch(/planted/i);
  });

  test("that can't be started says why: it is missing, or its folder is", async () => {
    const missing = await run.run("", { command: run.path("nowhere") });
    expect(missing).toMatchObject({
      kind: "not-installed",
      reason: expect.stringContaining("nowhere"),
    });
    await using other = await WatchedRun.create();
    const homeless = await other.run("true", { folder: other.path("gone") });
    expect(homeless).toMatchObject({
      ...{ ok: false, kind: "crashed", isCapped: false },
      reason: expect.stringMatching(/cannot work in .*gone: there is no such folder/),
    });
  });
});

describe("an agent at its cap", () => {
  test("is killed in the middle of what it does, with all that is in its group, and says so last", async () => {
    const script = `sh -c 'echo $$ >child; ${FOR_EVER}' & while [ ! -s child ]; do :; done
      ${say(callLine(1), callLine(2), callLine(3))}; printf 'half a line' >&2; ${FOR_EVER}`;
    const result = await run.run(script, { caps: { tokensMax: 300 } });
    expect(result).toMatchObject({
      ...{ ok: false, kind: "timed-out", isCapped: true, ...used(3) },
      reason: "it has used 360 tokens of 300",
    });
    expect((await run.read("stderr.log")).split("\n").slice(-2)).toEqual([
      "[system-bus] ended at its cap: it has used 360 tokens of 300",
      "",
    ]);
    expect(isAlive(Number(await run.read("project/child")))).toBe(false);
  });

  test.each([
    [1, 3 * CALL_USD, "it has used $0.0008 of $0.0008"],
    [3, 2.5 * CALL_USD, "it has used $0.0008 of $0.0007"],
  ])("of money is killed by the prices of the table (%#)", async (_nth, costMaxUsd, reason) => {
    const script = `${say(callLine(1), callLine(2))}; sleep 0.1; ${say(callLine(3))}; ${FOR_EVER}`;
    const result = await run.run(script, { caps: { costMaxUsd } });
    expect(result).toMatchObject({ isCapped: true, reason, ...used(3) });
    expect(result.costUsd).toBeCloseTo(3 * CALL_USD, 12);
  });

  test("is not started when nothing is left, and has cost nothing", async () => {
    for (const caps of [{ tokensMax: 0 }, { costMaxUsd: -1 }]) {
      const result = await run.run("touch started", { caps });
      expect(result).toMatchObject({ ok: false, isCapped: true, costUsd: 0, ...used(0) });
    }
    expect(existsSync(run.path("project/started"))).toBe(false);
  });

  test("that ends by itself in this very moment was not capped", async () => {
    const result = await run.run(say(callLine(1), END), { caps: { tokensMax: 1 } });
    // Whoever was first; but never half of either.
    if (result.isCapped) expect(result).toMatchObject({ ok: false, ...used(1) });
    else expect(result).toMatchObject({ ok: true, text: "Done.", ...used(1) });
  });

  test("that has told of its usage only with its end was not capped, and has cost what it says", async () => {
    const usage = { input: 1_000, output: 100, cost: { total: 0.25 } };
    const messages = [
      { role: "assistant", content: "Done.", stopReason: "stop", usage, model: "x" },
    ];
    const result = await run.run(say(JSON.stringify({ type: "agent_end", messages })), {
      caps: { tokensMax: 10 },
    });
    expect(result).toMatchObject({ ok: true, isCapped: false, costUsd: 0.25 });
    expect(result.usage.inputTokens).toBe(1_000);
  });

  test("is counted by what it has printed, however long its lines and whatever their end", async () => {
    const flood = `head -c 9000000 /dev/zero | tr '\\0' x; echo; i=0; while [ $i -lt 20000 ]; do
      echo '{"type":"message_update","text":"message_end"}'; i=$((i+1)); done`;
    const script = `${flood}; printf '%s' '${callLine(1).slice(0, 40)}'; sleep 0.2
      printf '%s\\n' '${callLine(1).slice(40)}'; ${FOR_EVER}`;
    const result = await run.run(script, { caps: { tokensMax: 120 } });
    expect(result).toMatchObject({ isCapped: true, ...used(1) });
  });

  test("has used what it has used, though the middle of its output is gone", async () => {
    const script = `${say(callLine(1), callLine(2))}; touch told; while [ ! -e cut ]; do sleep 0.02; done
      ${say(callLine(3))}; ${FOR_EVER}`;
    const child = await run.start(script, { caps: { tokensMax: 360 } });
    const record = () => run.read("work/watched.json");
    await waitFor("two calls to be counted", async () => (await record()).includes(":200,"));
    await Bun.write(run.path("stdout.log"), "[cut out here]\n");
    await Bun.write(run.path("project/cut"), "");
    expect(await run.readResult(child)).toMatchObject({ isCapped: true, ...used(3) });
  });
});

describe("a watcher that is told to go", () => {
  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "by %s takes the agent with it at once, and ends by it",
    async (signal) => {
      const child = await run.start(`trap '' TERM INT HUP; echo $$ >pid; ${FOR_EVER}`);
      await waitFor("the agent", async () => (await run.read("project/pid")) !== "");
      const pid = Number(await run.read("project/pid"));
      child.kill(signal);
      const result = await run.readResult(child);
      expect(result).toMatchObject({
        kind: "crashed",
        reason: `it was ended by ${signal}`,
        isCapped: false,
      });
      expect(isAlive(pid)).toBe(false);
    },
  );
});

test("a watcher starts no agent whose output it couldn't see", async () => {
  await run.write("touch started");
  const order = { agent: "pi" as const, folder: run.path("project"), container: null };
  const caps = { tokensMax: 1, costMaxUsd: null, prices: { asOf: "2026-11-24", models: {} } };
  const main = join(import.meta.dir, "../src/capped/main.ts");
  const words = orderArguments({ ...order, caps, command: run.agent, args: [] });
  const child = run.spawn([process.execPath, main, ...words], run.path("project"));
  expect(await child.exited).toBe(0);
  await using other = await WatchedRun.create();
  const astray = other.spawn([process.execPath, main, ...words], run.path("work"));
  expect(await astray.exited).toBe(1);
  expect(await other.read("stderr.log")).toContain("broken promise: a program's output is in");
});

test("a watcher loads nothing that is heavy", async () => {
  const { stdout } = Bun.spawnSync([
    process.execPath,
    "build",
    "--target=bun",
    join(import.meta.dir, "../src/capped/main.ts"),
  ]);
  expect(stdout.length).toBeGreaterThan(2_000);
  expect(stdout.length).toBeLessThan(30_000);
});
