import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProgramRetry } from "@system-bus/programs";
import { type ChecksRequest, checksProgram, readChecks } from "../src/checks/checks-program.ts";
import { writeFiles } from "./review-story.ts";
import { runSpec } from "./run-spec.ts";

const root = await mkdtemp(join(tmpdir(), "checks-"));
afterAll(() => rm(root, { recursive: true, force: true }));

async function prepare(
  commands: readonly (readonly string[])[],
  more: Partial<ChecksRequest> = {},
): Promise<ChecksRequest> {
  const place = await mkdtemp(join(root, "case-"));
  const folder = join(place, "project");
  await writeFiles(folder, { "package.json": "{}" });
  return {
    ...{ name: "baseline", folder, scratch: join(place, "scratch") },
    commands: commands.map((command) => ({ command })),
    ...{ searchPath: process.env["PATH"] ?? "", ...more },
  };
}

async function run(request: ChecksRequest) {
  const ended = await runSpec(await checksProgram(request), join(request.scratch, "program"));
  return { ended, results: await readChecks(ended, request) };
}

const sh = (script: string) => ["sh", "-c", script];

describe("checks", () => {
  test("run one after the other, whatever fails, and keep their outputs in scratch", async () => {
    const request = await prepare([
      sh("echo one; exit 1"),
      ["no-such-program", "--all"],
      sh("echo three; pwd"),
    ]);
    const { results } = await run(request);
    expect(results.map(({ endedBy, exitCode }) => [endedBy, exitCode])).toEqual([
      ["exit", 1],
      ["not-started", null],
      ["exit", 0],
    ]);
    expect(results[1]?.firstErrors).toEqual([
      "cannot start no-such-program: not found on the PATH, or not executable",
    ]);
    expect(results[2]?.outputFile).toBe("checks/baseline/3-sh-c-echo-three-pwd.log");
    const output = await readFile(join(request.scratch, results[2]?.outputFile ?? ""), "utf8");
    expect(output).toContain(`three\n`);
    expect(output).toContain("/project\n");
  });

  test("that hang are ended at their limit, and the next ones run", async () => {
    const { results } = await run(
      await prepare([sh("echo waiting; sleep 60"), sh("exit 0")], { commandTimeMaxMs: 500 }),
    );
    expect(results.map(({ endedBy }) => endedBy)).toEqual(["time-limit", "exit"]);
  });

  test("that hang end the whole where the rest is pointless: it counts as not started", async () => {
    const request = await prepare([sh("sleep 60"), sh("exit 0")], {
      ...{ commandTimeMaxMs: 300, stopsAtTimeLimit: true },
    });
    const { results } = await run(request);
    expect(results.map(({ endedBy }) => endedBy)).toEqual(["time-limit", "not-started"]);
  });

  test("that flood are bounded, and their last words are read", async () => {
    const request = await prepare([
      sh("yes flood | head -c 40000000; echo; echo '(fail) a > b [0.12ms]'; exit 1"),
    ]);
    const { results } = await run(request);
    expect(results[0]?.failingTests).toEqual(["a > b"]);
    const outputPath = join(request.scratch, results[0]?.outputFile ?? "");
    expect((await stat(outputPath)).size).toBeLessThan(9 * 1024 * 1024);
  });

  test("that print colours are read as if they didn't", async () => {
    const red = "\\033[31m\\033[1m";
    const { results } = await run(
      await prepare([
        sh(
          `printf '${red}(fail)\\033[0m a > \\033]8;;http://x\\007b\\033]8;;\\007 [1.00ms]\\n'; exit 1`,
        ),
      ]),
    );
    expect(results[0]?.failingTests).toEqual(["a > b"]);
    expect(results[0]?.firstErrors).toEqual(["(fail) a > b [1.00ms]"]);
  });

  test("get CI, the project's own programs, and no key of ours", async () => {
    const request = await prepare([sh("own-tool; echo CI=$CI; env")]);
    await writeFiles(request.folder, {
      "node_modules/.bin/own-tool": "#!/bin/sh\necho own tool\n",
    });
    Bun.spawnSync(["chmod", "+x", join(request.folder, "node_modules/.bin/own-tool")]);
    process.env["BUS_SECRET_OF_THIS_TEST"] = "secret";
    const { results } = await run(request);
    const output = await readFile(join(request.scratch, results[0]?.outputFile ?? ""), "utf8");
    expect(output).toStartWith("own tool\nCI=true\n");
    expect(output).not.toContain("BUS_SECRET_OF_THIS_TEST");
  });

  test("are not touched by what the project preloads into Bun", async () => {
    const request = await prepare([sh("exit 0")]);
    await writeFiles(request.folder, {
      "bunfig.toml": `preload = ["./evil.ts"]`,
      "evil.ts": `await Bun.write(import.meta.dir + "/was-here", "x");`,
    });
    await run(request);
    expect(await Bun.file(join(request.folder, "was-here")).exists()).toBe(false);
  });

  test("leave no report of an earlier run behind", async () => {
    const request = await prepare([]);
    const reportPath = join(request.folder, "report.xml");
    await writeFile(reportPath, "of yesterday");
    await run({ ...request, commands: [{ command: sh("exit 0"), reportPath }] });
    expect(await Bun.file(reportPath).exists()).toBe(false);
  });

  test("that it didn't get to have not started; one that was lost asks for another program", async () => {
    const request = await prepare([sh("exit 0"), sh("exit 0")]);
    const { ended } = await run(request);
    const [first = ""] = (await readFile(ended.stdoutPath, "utf8")).split("\n");
    await writeFile(ended.stdoutPath, `${first}\n{"torn`);
    const stopped = await readChecks({ ...ended, endedBy: "wall-limit" }, request);
    expect(stopped.map(({ endedBy }) => endedBy)).toEqual(["exit", "not-started"]);
    expect(readChecks({ ...ended, endedBy: "lost" }, request)).rejects.toBeInstanceOf(ProgramRetry);
  });
});
