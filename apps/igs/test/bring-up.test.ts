// igs dev and igs start as a person runs them: real engine, real worker, folders and ports of their own.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { readLines } from "../src/supervisor/lines.ts";
import { Processes } from "./processes.ts";

const TIMEOUT_MS = 60_000;

let processes: Processes;
beforeEach(async () => {
  processes = await Processes.create();
});
afterEach(() => processes.end());

type Line = Record<string, unknown>;

/** A running `igs dev` or `igs start`, and what it has said. */
class Bus {
  readonly lines: Line[] = [];
  readonly process: ReturnType<Processes["spawnIgs"]>;
  readonly #output: AsyncIterator<string>;

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    const ports = ["--engine-port", "0", "--worker-port", "0"];
    this.process = processes.spawnIgs([...args, ...ports], env);
    this.#output = readLines(this.process.stdout);
  }

  /** Reads on to the first line for which this holds. */
  async until(isWanted: (line: Line) => boolean): Promise<Line> {
    for (;;) {
      const { done, value } = await this.#output.next();
      if (done) throw new Error(`it ended before: ${JSON.stringify(this.lines.slice(-5))}`);
      const line = JSON.parse(value) as Line;
      this.lines.push(line);
      if (isWanted(line)) return line;
    }
  }

  untilReady(): Promise<Line> {
    return this.until(({ type }) => type === "ready");
  }

  untilPartReady(part: string): Promise<Line> {
    return this.until((line) => line.type === "part-ready" && line.part === part);
  }

  pidOf(part: string): number {
    const ready = this.lines.findLast((line) => line.type === "part-ready" && line.part === part);
    return Number(ready?.pid);
  }

  get starting(): Record<string, string> {
    return (this.lines[0] ?? {}) as Record<string, string>;
  }

  /** Ctrl-C; returns the envelope and the exit code. */
  async stop(): Promise<{ envelope: Line; exitCode: number }> {
    this.process.kill("SIGINT");
    const envelope = await this.until((line) => "ok" in line);
    return { envelope, exitCode: await this.process.exited };
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(...pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await Bun.sleep(20);
}

describe("igs dev", () => {
  test(
    "starts engine and worker, and at Ctrl-C stops the worker, then the engine",
    async () => {
      const bus = new Bus(["dev"]);
      await bus.untilReady();
      expect(bus.starting).toMatchObject({
        type: "starting",
        mode: "dev",
        engine: "start-embedded",
      });
      expect(bus.lines.flatMap(({ type, part }) => (type === "part-ready" ? [part] : []))).toEqual([
        "engine",
        "worker",
      ]);
      const env = { INNGEST_BASE_URL: String(bus.starting.engineUrl) };
      const { envelope } = await processes.igs(["functions"], env);
      expect(JSON.stringify(envelope.result)).toContain("video-download");

      const pids = [bus.pidOf("engine"), bus.pidOf("worker")];
      const stopped = await bus.stop();
      expect(stopped).toMatchObject({ exitCode: 0, envelope: { ok: true, command: "dev" } });
      const parts = bus.lines.flatMap(({ type, part }) => (type === "part-stopped" ? [part] : []));
      expect(parts).toEqual(["worker", "engine"]);
      expect(pids.some(isAlive)).toBe(false);
    },
    TIMEOUT_MS,
  );

  test(
    "starts a part again that was killed, and the other one stays",
    async () => {
      const bus = new Bus(["dev"]);
      await bus.untilReady();
      const [engine, worker] = [bus.pidOf("engine"), bus.pidOf("worker")];
      process.kill(worker, "SIGKILL");
      await bus.untilPartReady("worker");
      expect(bus.pidOf("worker")).not.toBe(worker);
      expect(isAlive(engine)).toBe(true);
      process.kill(engine, "SIGKILL");
      await bus.untilPartReady("engine");
      expect(bus.pidOf("engine")).not.toBe(engine);
      expect((await bus.stop()).exitCode).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    "leaves nothing behind when it is killed itself",
    async () => {
      const bus = new Bus(["dev"]);
      await bus.untilReady();
      bus.process.kill("SIGKILL");
      await untilGone(bus.pidOf("engine"), bus.pidOf("worker"));
    },
    TIMEOUT_MS,
  );

  test(
    "uses an engine that answers already, and leaves it running",
    async () => {
      const engineUrl = await processes.startEngine();
      const bus = new Bus(["dev"]);
      await bus.untilReady();
      expect(bus.starting).toMatchObject({ engine: "attach", engineUrl });
      expect((await bus.stop()).exitCode).toBe(0);
      expect((await fetch(`${engineUrl}/health`)).ok).toBe(true);
    },
    TIMEOUT_MS,
  );

  test("says by what the worker's port is taken, and starts nothing", async () => {
    const other = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => Response.json({ status: "running", functions: 3 }),
    });
    const { exitCode, envelope } = await processes.igs([
      ...["dev", "--engine-port", "0", "--worker-port", String(other.port)],
    ]);
    await other.stop(true);
    expect(exitCode).toBe(1);
    expect(envelope).toMatchObject({
      error: { code: "port-taken", message: expect.stringContaining("worker with 3 functions") },
      fix: expect.stringContaining("--worker-port"),
    });
  });

  test("refuses an Inngest server that can't be had, in one sentence, with 3", async () => {
    const { exitCode, lines } = await processes.igs(
      ["dev", "--engine", "inngest", "--engine-port", "0", "--worker-port", "0"],
      { PATH: processes.home },
    );
    expect(exitCode).toBe(3);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      error: { code: "unavailable", message: expect.stringMatching(/^[^\n]+\.$/) },
      fix: expect.stringContaining("--engine embedded"),
    });
  });
});

describe("igs start", () => {
  const settingsFile = () => join(processes.home, "env");
  const keysIn = (text: string) => text.match(/(?<=_KEY=["']?)[0-9a-f]{64}/g) ?? [];

  test(
    "makes keys once, in a file of its own user, and shows them to nobody",
    async () => {
      const first = new Bus(["start"]);
      await first.untilReady();
      const text = await readFile(settingsFile(), "utf8");
      const keys = keysIn(text);
      expect(keys).toHaveLength(2);
      expect((await stat(settingsFile())).mode & 0o777).toBe(0o600);

      const ps = Bun.spawnSync(["ps", "-ww", "-A", "-o", "args="]).stdout.toString();
      for (const key of keys) {
        expect(ps).not.toContain(key);
        expect(JSON.stringify(first.lines)).not.toContain(key);
      }
      const keyless = await fetch(`${first.starting.engineUrl}/api/v2/runs`);
      expect(keyless.status).toBe(401);
      await first.stop();

      const second = new Bus(["start"]);
      await second.untilReady();
      expect(await readFile(settingsFile(), "utf8")).toBe(text);
      await second.stop();
    },
    TIMEOUT_MS,
  );

  test(
    "keeps what was sent over a restart, and runs it with signatures",
    async () => {
      const first = new Bus(["start"]);
      await first.untilReady();
      const env = { INNGEST_BASE_URL: String(first.starting.engineUrl) };
      const entry = '{"action":"note","tool":"test","detail":"kept"}';
      const sent = await processes.igs(["send", "system/log", "--data", entry, "--follow"], env);
      expect(sent.envelope.result).toMatchObject({
        runs: [{ functionId: "system-logger", status: "COMPLETED" }],
      });
      await first.stop();

      const second = new Bus(["start"]);
      await second.untilReady();
      const { envelope } = await processes.igs(["runs"], {
        INNGEST_BASE_URL: String(second.starting.engineUrl),
      });
      expect(envelope.result).toMatchObject({
        runs: [{ function: { id: "system-logger" }, status: "COMPLETED" }],
      });
      await second.stop();
    },
    TIMEOUT_MS,
  );

  test(
    "does not leave unfinished runs behind for another engine",
    async () => {
      const bus = new Bus(["start"]);
      await bus.untilReady();
      // The worker goes, so that what is sent next can't finish.
      const env = { INNGEST_BASE_URL: String(bus.starting.engineUrl) };
      process.kill(bus.pidOf("worker"), "SIGSTOP");
      await processes.igs(
        ["send", "system/log", "--data", '{"action":"a","tool":"b","detail":"c"}'],
        env,
      );
      bus.process.kill("SIGKILL");
      process.kill(bus.pidOf("worker"), "SIGKILL");
      await untilGone(bus.pidOf("engine"), bus.pidOf("worker"));

      const inngest = Bun.serve({
        hostname: "127.0.0.1",
        port: 0,
        fetch: () => Response.json({ status: 200, message: "OK" }),
      });
      const { exitCode, envelope } = await processes.igs(["start", "--worker-port", "0"], {
        INNGEST_BASE_URL: inngest.url.origin,
      });
      await inngest.stop(true);
      expect(exitCode).toBe(1);
      expect(envelope).toMatchObject({
        error: {
          code: "unfinished-runs",
          message: "The last start used the embedded engine, and 1 run is not finished there.",
        },
        fix: expect.stringContaining("--engine embedded"),
      });
    },
    TIMEOUT_MS,
  );
});
