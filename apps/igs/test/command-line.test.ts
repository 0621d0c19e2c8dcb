// The command line as a whole: exit codes, envelopes, help. Without an engine.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { commandNames } from "../src/docs/command-names.ts";
import { examinations } from "../src/doctor/examinations.ts";
import { versionRules } from "../src/doctor/program-versions.ts";
import { igs } from "../src/igs.ts";
import { EXIT_CODES } from "../src/output/failure.ts";
import { slog } from "../src/slog-cli.ts";
import { Processes } from "./processes.ts";
import { runInProcess } from "./run-in-process.ts";

let processes: Processes;
beforeEach(async () => {
  processes = await Processes.create();
  processes.setEnv("INNGEST_BASE_URL", "http://127.0.0.1:9");
});
afterEach(() => processes.end());

describe("help", () => {
  test("lists the commands, and ends well", async () => {
    const help = processes.spawnIgs(["--help"]);
    const text = await help.stdout.text();
    expect(await help.exited).toBe(0);
    for (const command of new Set(commandNames(igs).map((name) => name.split(" ")[0]))) {
      expect(text).toMatch(new RegExp(`^ {2}${command} {2,}\\S`, "m"));
    }
  });

  test.each([
    ...commandNames(igs).map((name) => ["igs", name]),
    ...commandNames(slog).map((name) => ["slog", name]),
  ])("of %s %s has examples", async (program, name) => {
    const cli = program === "igs" ? igs : slog;
    const { exitCode, stdout } = await runInProcess(cli, [...name.split(" "), "--help"], processes);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`^  ${program} ${name}\\b`, "m"));
    expect(stdout).toMatch(/^EXAMPLES\n {2}\S/m);
  });

  test("is looked at for all commands, those below others included", () => {
    expect(commandNames(igs)).toEqual(
      expect.arrayContaining(["send", "functions pause", "loop start"]),
    );
    expect(commandNames(slog)).toContain("write");
  });
});

describe("a mistake on the command line", () => {
  test.each([
    [["rusn"], "did you mean"],
    [["runs", "--limit", "many"], "whole number"],
    [["runs", "--bogus"], "--bogus"],
    [["run"], "run-id"],
    [["send"], "Which event?"],
    [["send", "a/b", "--wait", "--follow"], "exclude each other"],
    [["send", "a/b", "--timeout", "5s"], "--timeout is for"],
    [["send", "a/b", "--wait", "--timeout", "5"], "such as 30s"],
    [["send", "--file", "e.json", "--id", "x"], "--id is for one event"],
    [["send", "--file", "gone.json"], "gone.json can't be read"],
    [["rerun"], "Which runs"],
    [["rerun", "1", "--function", "f"], "exclude each other"],
    [["rerun", "--function", "f", "--from-step", "s"], "of which?"],
    [["rerun", "--status", "running"], "are not run again"],
    [["cancel"], "Which runs"],
    [["cancel", "1", "--function", "f"], "exclude each other"],
    [["cancel", "--function", "f", "--since", "soon"], "milliseconds"],
    [["loop", "start"], "What is to be built?"],
    [["loop", "start", "--prd", "a", "--goal", "b"], "exclude each other"],
    [["loop", "start", "--prd", "a", "--tools", "codex,copilot"], "codex,claude,pi"],
    [["loop", "start", "--prd", "a", "--cost-max", "0"], "above 0"],
    [["loop", "start", "--prd", "a", "--tokens-max", "2G"], "2M"],
    [["loop", "start", "--goal", "a"], "shown for a yes"],
    [["loop", "reject", "a", "b"], "reason"],
    [["rerun", "1", "--input", "[]"], "which?"],
    [["rerun", "1", "--from-step", "s", "--input", "{}"], "JSON list"],
    [["functions", "pause"], "function"],
    [["functions", "pause", "f", "--runs", "stop"], "hold"],
    [["migrate"], "to"],
    [["migrate", "--to", "localhost"], "without a path"],
    [["migrate", "--to", "http://u:p@localhost"], "without a path"],
    [["runs", "--status", "broken"], "expected one of"],
    [["send", "a/b", "--ts", "soon"], "milliseconds"],
    [["send", "a/b", "--data", "{"], "not JSON"],
    [["engine", "--data", "x", "--memory", "--dev"], "exclude each other"],
    [["dev", "--engine", "temporal"], "embedded"],
    [["doctor", "headache"], "headache"],
    [["setup"], "--for experiment|persistent|full"],
    [["setup", "--for", "fun"], "experiment"],
    [["setup", "--tier", "4"], "0, 1, 2, 3"],
    [["setup", "--for", "full", "--tier", "1"], "means tier 3"],
    [["setup", "--agents", "pi,pi"], "twice"],
  ])("%p ends with 2 and an envelope that says what to do", async (args, words) => {
    const env = { INNGEST_BASE_URL: "http://127.0.0.1:9" };
    const { exitCode, stdout } = await runInProcess(igs, args, { home: processes.home, env });
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      error: { code: "usage", message: expect.stringContaining(words) },
      fix: expect.stringMatching(/\S/),
    });
  });
});

test("an engine that doesn't answer ends with 3 and says how to start one", async () => {
  for (const args of [["runs"], ["events"], ["functions"], ["run", "1"], ["cancel", "1"]]) {
    const { exitCode, envelope } = await processes.igs(args);
    expect(exitCode).toBe(3);
    expect(envelope).toMatchObject({
      ok: false,
      command: args[0],
      error: { code: "unreachable" },
      fix: expect.stringContaining("igs dev"),
    });
  }
});

test("a malformed event ends with 2 before any engine is asked", async () => {
  const { exitCode, envelope } = await processes.igs([
    ...["send", "pipeline/video.download", "--url", "file:///etc/passwd"],
  ]);
  expect(exitCode).toBe(2);
  expect(envelope).toMatchObject({
    error: { code: "event-invalid", message: expect.stringContaining("Nothing was sent") },
    fix: expect.stringContaining("igs schema pipeline/video.download"),
  });
});

test("a bad setting ends with 2 and is named", async () => {
  const { exitCode, envelope } = await processes.igs(["config"], { BUS_ENGINE_PORT: "http" });
  expect(exitCode).toBe(2);
  expect(envelope).toMatchObject({
    error: { code: "settings", message: expect.stringContaining("BUS_ENGINE_PORT") },
  });
});

test("config shows each setting with its source, and no secret", async () => {
  const { envelope, stdout } = await processes.igs(["config"], {
    INNGEST_EVENT_KEY: "very-secret-event-key",
  });
  expect(stdout).not.toContain("very-secret");
  expect(envelope.result).toMatchObject({
    settings: expect.arrayContaining([
      expect.objectContaining({ name: "INNGEST_EVENT_KEY", source: "environment", isSecret: true }),
      expect.objectContaining({ name: "BUS_ENGINE", value: "auto", source: "default" }),
    ]),
  });
});

test("schema gives an event's JSON Schema and an example that can be sent", async () => {
  const { exitCode, envelope } = await processes.igs(["schema", "pipeline/video.download"]);
  expect(exitCode).toBe(0);
  expect(envelope.result).toMatchObject({
    name: "pipeline/video.download",
    schema: { type: "object", required: ["url"] },
    example: { url: expect.stringMatching(/^http/) },
  });
});

test("an entry that was written to the log is its last one, without engine and worker", async () => {
  const written = await processes.igs([
    ...["log", "write", "--action", "install", "--tool", "brew", "--detail", "ffmpeg 7"],
  ]);
  expect(written.exitCode).toBe(0);
  const { envelope } = await processes.igs(["log", "tail"]);
  expect(envelope.result).toMatchObject({
    entries: [{ action: "install", tool: "brew", detail: "ffmpeg 7" }],
  });
});

test("the log is searched, counted and validated, and its rubbish named by line", async () => {
  const write = (tool: string, detail: string) =>
    processes.igs(["log", "write", "--action", "install", "--tool", tool, "--detail", detail]);
  await write("brew", "ffmpeg 7");
  await write("apt", "yt-dlp");
  const found = await processes.igs(["log", "search", "FFMPEG", "--since", "1h"]);
  expect(found.envelope.result).toMatchObject({ entries: [{ tool: "brew" }], hasMore: false });
  const tailed = await processes.igs(["log", "tail", "--tool", "apt"]);
  expect(tailed.envelope.result).toMatchObject({ entries: [{ detail: "yt-dlp" }] });
  const stats = await processes.igs(["log", "stats"]);
  expect(stats.envelope.result).toMatchObject({
    count: 2,
    actions: [{ word: "install", count: 2 }],
    tools: [{ word: "apt" }, { word: "brew" }],
  });
  const { file } = stats.envelope.result as { file: string };
  expect((await processes.igs(["log", "validate"])).exitCode).toBe(0);
  await appendFile(file, "rubbish\n");
  const validated = await processes.igs(["log", "validate"]);
  expect(validated.exitCode).toBe(1);
  expect(validated.envelope).toMatchObject({
    error: { code: "unhealthy", message: "1 line is no entry, beside 2 that are." },
    result: { problems: [{ line: 3, reason: expect.stringContaining("not JSON") }] },
  });
}, 20_000);

test("status without anything running names every problem and ends with 3", async () => {
  const { exitCode, envelope } = await processes.igs(["status"]);
  expect(exitCode).toBe(3);
  expect(envelope.result).toMatchObject({
    engine: { kind: "none" },
    worker: null,
    vault: { state: "missing" },
    problems: expect.arrayContaining([
      expect.objectContaining({ problem: expect.stringContaining("No engine") }),
      expect.objectContaining({ problem: expect.stringContaining("No worker") }),
      expect.objectContaining({ problem: expect.stringContaining("vault") }),
    ]),
  });
});

test("doctor before any setup finds what is missing and ends with 1, whatever can't be looked at", async () => {
  const { exitCode, envelope } = await processes.igs(["doctor", "--quick"]);
  expect(exitCode).toBe(1);
  expect(envelope).toMatchObject({
    ok: false,
    error: { code: "unhealthy" },
    result: {
      findings: expect.arrayContaining([
        expect.objectContaining({ id: "engine", severity: "fault", cure: "igs start" }),
        expect.objectContaining({ id: "worker", severity: "fault" }),
        expect.objectContaining({ id: "vault", severity: "fault" }),
      ]),
      unchecked: expect.arrayContaining([expect.objectContaining({ id: "keys" })]),
    },
    next_actions: expect.arrayContaining([
      { command: "igs start", description: expect.stringContaining("No engine answers") },
    ]),
  });
});

describe("docs/doctor.md", () => {
  test("has every examination, once, and no other", async () => {
    const text = await Bun.file(join(import.meta.dir, "../../../docs/doctor.md")).text();
    const table = text.slice(text.indexOf("## What it knows"), text.indexOf("## Which versions"));
    const rows = [...table.matchAll(/^\| `([a-z-]+)` \| \S.* \| \S.* \|$/gm)].map(([, id]) => id);
    const known = new Set(rows);
    expect(known.size).toBe(rows.length);
    const ids = new Set(examinations.map(({ id }) => id));
    expect(ids.size).toBe(examinations.length);
    expect([...known].toSorted()).toEqual([...ids].toSorted());
  });

  test("has each version that is asked for", async () => {
    const text = await Bun.file(join(import.meta.dir, "../../../docs/doctor.md")).text();
    for (const [name, { min }] of Object.entries(versionRules)) {
      expect(text).toContain(`| ${name} | ${min} |`);
    }
  });
});

describe("docs/cli.md", () => {
  const docs = Bun.file(join(import.meta.dir, "../../../docs/cli.md"));

  test("names every command", async () => {
    const help = processes.spawnIgs(["--help"]);
    const commands = [...(await help.stdout.text()).matchAll(/^ {2}igs ([a-z]+)/gm)].map(
      ([, command]) => command ?? "",
    );
    expect(commands.length).toBeGreaterThan(12);
    const text = await docs.text();
    for (const command of commands) expect(text).toContain(`\`igs ${command}`);
  });

  test("has every error code beside its exit code", async () => {
    const rows = (await docs.text()).split("\n").filter((line) => /^\| [0-9]+ \|/.test(line));
    for (const [code, exitCode] of Object.entries(EXIT_CODES)) {
      const row = rows.find((line) => line.startsWith(`| ${exitCode} |`));
      expect(row).toContain(`\`${code}\``);
    }
  });
});
