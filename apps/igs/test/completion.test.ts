// What the tab key proposes, and the scripts of `igs completion` in the real shells.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { FILES_LINE, PROPOSALS_WORD } from "../src/completion/protocol.ts";
import { igs } from "../src/igs.ts";
import { slog } from "../src/slog-cli.ts";
import { Processes } from "./processes.ts";
import { runInProcess } from "./run-in-process.ts";

let processes: Processes;
beforeEach(async () => {
  processes = await Processes.create();
});
afterEach(() => processes.end());

/** The words that are proposed in the place of the last one. */
async function propose(words: readonly string[], engineUrl = "http://127.0.0.1:9", cli = igs) {
  const env = { INNGEST_BASE_URL: engineUrl };
  const args = [PROPOSALS_WORD, ...words];
  const { exitCode, stdout } = await runInProcess(cli, args, { home: processes.home, env });
  expect(exitCode).toBe(0);
  const lines = stdout.split("\n").slice(0, -1);
  return lines.map((line) => line.split("\t")[0]);
}

describe("proposed are", () => {
  test.each([
    ["commands", ["sen"], ["send"]],
    ["commands below a command", ["daemon", "un"], ["uninstall"]],
    ["commands beside a default one", ["functions", ""], ["list", "pause", "resume"]],
    ["flags", ["run", "--w"], ["--watch"]],
    ["no flag twice", ["run", "--watch", "--w"], []],
    ["a flag's values", ["functions", "pause", "f", "--runs", "c"], ["continue", "cancel"]],
    ["statuses", ["runs", "--status", "f"], ["failed"]],
    ["a value behind =", ["runs", "--status=f"], ["--status=failed"]],
    ["a value behind = as bash parts it", ["runs", "--status", "=", "f"], ["failed"]],
    [
      "values right behind =",
      ["functions", "pause", "f", "--runs", "="],
      ["hold", "continue", "cancel"],
    ],
    ["flags after a value behind =", ["runs", "--status", "=", "failed", "--al"], ["--all"]],
    ["names of events", ["send", "system/lo"], ["system/log"]],
    ["names of events for their schema", ["schema", "system/lo"], ["system/log"]],
    ["files", ["send", "--file", "eve"], [FILES_LINE]],
    ["shells", ["completion", ""], ["bash", "zsh", "fish"]],
    ["nothing after nonsense", ["sned", ""], []],
    ["nothing after a flag that there isn't", ["send", "--bogus", ""], []],
    ["nothing of no word", [], []],
  ])("%s", async (_what, words, expected) => {
    expect(await propose(words)).toEqual(expected);
  });

  test("events before flags, and flags after a dash", async () => {
    const words = await propose(["send", ""]);
    expect(words).toContain("pipeline/video.download");
    expect(words).not.toContain("--file");
    expect(await propose(["send", "-"])).toContain("--file");
  });

  test("the same commands of slog", async () => {
    expect(await propose(["w"], undefined, slog)).toEqual(["write"]);
  });

  test("functions and runs of the engine", async () => {
    const engineUrl = await processes.startEngine();
    await processes.startWorker();
    expect(await propose(["invoke", ""], engineUrl)).toEqual(
      expect.arrayContaining(["first", "second", "parent"]),
    );
    expect(await propose(["functions", "pause", "fi"], engineUrl)).toEqual(["first"]);
    const { envelope } = await processes.igs(["invoke", "second", "--wait", "--timeout", "30s"]);
    const { runId } = envelope.result as { runId: string };
    for (const command of ["run", "why", "cancel", "rerun"]) {
      expect(await propose([command, runId.slice(0, 4)], engineUrl)).toEqual([runId]);
    }
  }, 20_000);

  test("no ids with which a line would do something else", async () => {
    const run = (id: string) => ({
      ...{ id, status: "COMPLETED", queuedAt: "2026-11-24T09:00:00Z" },
      ...{ app: { id: "a" }, function: { id: "f", name: "f" } },
    });
    const data = ["01PLAIN", "$(reboot)", "a;b", "a b", "a\nb", "-y"].map(run);
    using engine = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => Response.json({ data, metadata: {}, page: { hasMore: false } }),
    });
    expect(await propose(["run", ""], engine.url.origin)).toEqual(["01PLAIN"]);
  });

  test("nothing of an engine that takes its time", async () => {
    const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
    using engine = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => {
        onAsked();
        return new Promise<Response>(() => {});
      },
    });
    const startedMs = performance.now();
    expect(await propose(["run", "0"], engine.url.origin)).toEqual([]);
    await asked;
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });
});

describe("the script", () => {
  let env: Record<string, string>;
  beforeEach(async () => {
    const bin = join(processes.home, "bin");
    await mkdir(bin);
    for (const name of ["igs", "slog"]) {
      await symlink(join(import.meta.dir, "../../../bin/igs"), join(bin, name));
    }
    env = {
      PATH: `${bin}:${process.env.PATH ?? ""}`,
      HOME: processes.home,
      BUS_HOME: processes.home,
      BUN: process.execPath,
      TERM: "dumb",
    };
  });

  async function runShell(argv: readonly string[]): Promise<string> {
    const child = Bun.spawn([...argv], { cwd: processes.home, env, stdin: "ignore" });
    return child.stdout.text();
  }

  const inBash = (words: readonly string[]) =>
    runShell([
      ...["bash", "--norc", "--noprofile", "-c"],
      `eval "$(igs completion bash)"
       COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
       _igs_complete "$1"
       printf '%s\\n' "\${COMPREPLY[@]}"`,
      ...["bash", ...words],
    ]);

  test("of bash proposes words, empty ones and quotes among those before", async () => {
    expect(await inBash(["igs", "functions", "pa"])).toBe("pause\n");
    expect(await inBash(["slog", ""])).toBe("tail\nwrite\nsearch\nstats\nvalidate\n");
    expect(await inBash(["igs", "send", "--data", `'{"a b": $(exit)}'`, "system/lo"])).toBe(
      "system/log\n",
    );
    expect(await inBash(["igs", "schema", "--command", "log w"])).toBe("log\\ write\n");
  });

  test("of bash proposes files where a file belongs, as bash 3.2 can", async () => {
    await Bun.write(join(processes.home, "my events.json"), "[]");
    expect(await inBash(["igs", "send", "--file", "my"])).toBe("my events.json\n");
    expect(await inBash(["igs", "run", "my"])).toBe("\n");
  });

  test("goes into an envelope when it is asked for", async () => {
    const { envelope } = await processes.igs(["completion", "zsh", "--json"]);
    expect(envelope.result).toMatchObject({
      shell: "zsh",
      script: expect.stringContaining("compdef"),
    });
  });

  test.each(["tcsh", ""])("of %p is refused", async (shell) => {
    expect((await processes.igs(["completion", shell])).exitCode).toBe(2);
  });

  /** Types at an interactive shell, and returns what it has put into the file `told`. */
  async function typeInto(argv: readonly string[], lines: readonly string[]): Promise<string> {
    const { promise: ended, resolve: onEnded } = Promise.withResolvers<void>();
    let screen = "";
    let asked = 0;
    const child = Bun.spawn([...argv], {
      cwd: processes.home,
      env: { ...env, PS1: "$ " },
      onExit: () => onEnded(),
      terminal: {
        cols: 200,
        rows: 40,
        data(terminal, bytes) {
          screen += new TextDecoder().decode(bytes);
          // Each line when the one before it has been done: what is typed sooner may be dropped.
          const done = screen.split(`told-${asked}.`).length > 1;
          const line = lines[asked];
          if ((asked === 0 || done) && line !== undefined) {
            asked += 1;
            terminal.write(`${line}; echo to""ld-${asked}.\n`);
          } else if (done && asked === lines.length) {
            asked += 1;
            terminal.write("exit\n");
          }
        },
      },
    });
    try {
      await ended;
      return await readFile(join(processes.home, "told"), "utf8");
    } finally {
      child.kill("SIGKILL");
    }
  }

  /** Each is tried where it is installed. */
  const prompts = [
    {
      shell: "bash",
      argv: ["bash", "--norc", "--noprofile", "-i"],
      load: 'eval "$(igs completion bash)"',
    },
    {
      shell: "zsh",
      argv: ["zsh", "-f", "-i"],
      load: 'autoload -U compinit && compinit -u -D && eval "$(igs completion zsh)"',
    },
  ] as const;
  for (const { shell, argv, load } of prompts) {
    test.skipIf(Bun.which(shell) === null)(
      `of ${shell} completes what is typed at its prompt`,
      async () => {
        const told = await typeInto(argv, [load, "igs sche\tsystem/lo\t> told"]);
        expect(JSON.parse(told)).toMatchObject({
          command: "schema",
          result: { name: "system/log" },
        });
      },
      20_000,
    );
  }

  test.skipIf(Bun.which("fish") === null)(
    "of fish proposes words with what they mean, and files",
    async () => {
      await Bun.write(join(processes.home, "my-events.json"), "[]");
      const told = await runShell([
        ...["fish", "--no-config", "-c"],
        `igs completion fish | source
       complete -C "igs functions pa"
       complete -C "slog wri"
       complete -C "igs send system/lo"
       complete -C "igs send --file my"`,
      ]);
      expect(told.trim().split("\n")).toEqual([
        "pause\tLet a function start no more runs",
        "write\tAdd an entry",
        "system/log",
        "my-events.json",
      ]);
    },
    20_000,
  );
});
