// Programs in containers, with a fake of Docker (`fake-docker.ts`) and the image's real `run-agent`. No Docker
// was there to run them.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, statSync } from "node:fs";
import { dockerized } from "../src/container/dockerized.ts";
import { ContainedRun } from "./contained-run.ts";
import { isAlive, waitFor } from "./looking.ts";
import { callLine, type WatchedRun } from "./watched-run.ts";

let contained: ContainedRun;
let run: WatchedRun;
beforeEach(async () => {
  contained = await ContainedRun.create();
  run = contained.run;
});
afterEach(() => contained[Symbol.asyncDispose]());

const KEY = 'it\'s "a" $HOME zebra\nof two lines';
const env = { ANTHROPIC_API_KEY: KEY, PI_CODING_AGENT_DIR: "/home/person/.pi" };
const FOR_EVER = "while :; do sleep 60; done";
const say = (...lines: readonly string[]) => lines.map((line) => `echo '${line}'`).join("\n");

describe("an agent in a container", () => {
  test("has its keys by a file that only its owner reads, and that is gone once it has spoken", async () => {
    const script = `ls -l "${run.path("secrets")}" >listed; ${say(callLine(1))}
      while [ -e "${run.path("secrets/loop-1")}" ]; do sleep 0.02; done
      printf %s "$ANTHROPIC_API_KEY" >key; env >env`;
    const { container } = contained;
    const result = await run.run(script, { container, env });
    expect(result.usage.inputTokens).toBe(100);
    expect(await run.read("project/key")).toBe(KEY);
    expect(await run.read("project/listed")).toMatch(/^-rw------- /m);
    const seen = await run.read("project/env");
    expect(seen).toContain("HTTPS_PROXY=http://proxy:3128");
    expect(seen).not.toContain("PI_CODING_AGENT_DIR");
    expect(JSON.stringify(await contained.calls())).not.toContain("zebra");
    expect(await run.read("docker-state/client-env")).not.toContain("zebra");
    expect(await contained.containers()).toEqual([]);
  });

  test("ends with its own exit code and output, and reads what it is given", async () => {
    await Bun.write(run.path("scratch/material"), "what goes in\n");
    await run.write('cat; echo "$@"; echo trouble >&2; exit 7');
    const spec = dockerized(
      {
        ...{ command: "pi", args: ["one", "two words"], cwd: run.path("project") },
        ...{ inputPath: run.path("scratch/material"), wallClockMaxMs: 1_000 },
      },
      contained.container,
    );
    expect(spec).not.toHaveProperty("inputPath");
    expect(spec).not.toHaveProperty("cwd");
    const child = run.spawn([spec.command, ...spec.args], run.path("work"), { env: spec.env });
    expect(await child.exited).toBe(7);
    expect(await run.read("stdout.log")).toBe("what goes in\none two words\n");
    expect(await run.read("stderr.log")).toBe("trouble\n");
    expect(existsSync(run.path("secrets/loop-1"))).toBe(false);
  });

  test("is killed at its cap, on the server too", async () => {
    const { container } = contained;
    const script = `echo $$ >pid; ${say(callLine(1), callLine(2))}; ${FOR_EVER}`;
    const result = await run.run(script, { container, env, caps: { tokensMax: 240 } });
    expect(result).toMatchObject({ isCapped: true, reason: "it has used 240 tokens of 240" });
    expect(await contained.calls()).toContainEqual(["kill", "loop-1"]);
    await waitFor(
      "the agent to be gone",
      async () => !isAlive(Number(await run.read("project/pid"))),
    );
    expect(existsSync(run.path("secrets/loop-1"))).toBe(false);
  });

  test("ends when whoever holds it is killed, though nobody tells the server", async () => {
    const { container } = contained;
    const child = await run.start(`echo $$ >pid; ${FOR_EVER}`, { container, env });
    const pid = async () => Number(await run.read("project/pid"));
    await waitFor("the agent", async () => (await pid()) > 0);
    expect(statSync(run.path("secrets/loop-1")).mode & 0o777).toBe(0o600);
    child.kill("SIGKILL");
    await waitFor("the agent to be gone", async () => !isAlive(await pid()));
    expect((await contained.calls()).map(([command]) => command)).toEqual(["rm", "run"]);
    await waitFor(
      "the container to be gone",
      async () => (await contained.containers()).length === 0,
    );
  });

  test("takes the place of one of its name that was left over", async () => {
    const { container } = contained;
    const old = Bun.spawn(["sleep", "60"], { detached: true, stdin: "ignore" });
    await Bun.write(run.path("docker-state/containers/loop-1"), `${old.pid}\n`);
    const result = await run.run(say(callLine(1)), { container, env });
    await old.exited;
    expect(old.signalCode).toBe("SIGKILL");
    expect(result.usage.inputTokens).toBe(100);
  });

  test("says why it can't be: no client, no image, a folder that is not there", async () => {
    const { container } = contained;
    const reasonOf = async (changes: Partial<typeof container>) => {
      await Bun.write(run.path("stderr.log"), "");
      const result = await run.run("true", { container: { ...container, ...changes }, env });
      return result.ok ? null : `${result.kind}: ${result.reason}`;
    };
    expect(await reasonOf({ docker: run.path("nowhere") })).toMatch(/^not-installed: .*nowhere/);
    expect(await reasonOf({ image: "other" })).toBe(
      "crashed: exit code 125: docker: No such image: other",
    );
    expect(await reasonOf({ readable: [run.path("gone")] })).toMatch(/^crashed: .*does not exist/);
    expect(existsSync(run.path("secrets/loop-1"))).toBe(false);
  });

  test("is told to go with the one that holds it", async () => {
    const { container } = contained;
    const child = await run.start(`echo $$ >pid; ${FOR_EVER}`, { container, env });
    const pid = async () => Number(await run.read("project/pid"));
    await waitFor("the agent", async () => (await pid()) > 0);
    child.kill("SIGTERM");
    await child.exited;
    expect(child.signalCode).toBe("SIGTERM");
    expect(await contained.calls()).toContainEqual(["kill", "loop-1"]);
    await waitFor("the agent to be gone", async () => !isAlive(await pid()));
  });
});
