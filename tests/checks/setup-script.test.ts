// Runs the cases of tests/setup-script/setup.bats with each shell that this machine has, and counts them.

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerminalProcess } from "../harness/terminal-process.ts";
import { root } from "./repository-copy.ts";

setDefaultTimeout(120_000);

const folder = join(root, "tests/setup-script");
const script = join(root, "infra/setup.sh");
const has = (program: string) => Bun.which(program) !== null;

const canRun = has("bats") && has("git");
const shells = ["dash", "bash"].filter(has);

let scratch = "";
const outputs = new Map<string, Promise<string>>();
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "system-bus-setup-"));
  if (!canRun) return;
  // Both at once: most of their time they wait.
  for (const shell of shells) outputs.set(shell, runBats(shell));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Serves what the cases have made under `site`, and the first half of it as `cut-off`. */
function serveArchive(temporary: string) {
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const glob = new Bun.Glob("bats-run-*/file/*/site/v0.1.0.tar.gz");
      const [archive] = await Array.fromAsync(glob.scan({ cwd: temporary, absolute: true }));
      if (archive === undefined || pathname === "/nothing.tar.gz") {
        return new Response("", { status: 404 });
      }
      const bytes = await Bun.file(archive).bytes();
      const isCut = pathname === "/cut-off.tar.gz";
      return new Response(isCut ? bytes.slice(0, bytes.length / 2) : bytes);
    },
  });
}

async function runBats(shell: string): Promise<string> {
  const temporary = join(scratch, shell);
  await mkdir(temporary);
  await using site = serveArchive(temporary);
  const bats = Bun.spawn(["bats", "--formatter", "tap", "setup.bats"], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: temporary,
      TMPDIR: temporary,
      SETUP_SHELL: shell,
      REAL_BUN: process.execPath,
      SITE_URL: site.url.origin,
    },
    // A session of its own, so that the cases without a terminal have none.
    detached: true,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors] = await Promise.all([bats.stdout.text(), bats.stderr.text()]);
  await bats.exited;
  return output + errors;
}

describe("infra/setup.sh", () => {
  test.skipIf(!canRun).each(shells)(
    "does what tests/setup-script/setup.bats says, with %s",
    async (shell) => {
      const cases = (await Bun.file(join(folder, "setup.bats")).text()).match(/^@test /gm) ?? [];
      const output = await outputs.get(shell);
      const passed = output?.match(/^ok \d+ /gm) ?? [];
      for (const skipped of output?.match(/^ok .*# skip.*/gm) ?? []) console.warn(skipped);
      expect(cases.length).toBeGreaterThan(20);
      expect(passed.length === cases.length ? "all passed" : output).toBe("all passed");
    },
  );

  test("belongs to the version that this repository has, and docs/start.md names it", async () => {
    const { version } = await Bun.file(join(root, "package.json")).json();
    const text = await Bun.file(script).text();
    expect(text).toContain(`\ndefault_ref=v${version}\n`);
    const [, repository] =
      /^default_repository=https:\/\/github\.com\/(.+)\.git$/m.exec(text) ?? [];
    const page = await Bun.file(join(root, "docs/start.md")).text();
    expect(page).toContain(`githubusercontent.com/${repository}/v${version}/infra/setup.sh`);
  });

  test.skipIf(!has("git"))("piped at a terminal, lets the person answer", async () => {
    const home = join(scratch, "at-terminal");
    const mine = join(home, "mine");
    const answers = '#!/bin/sh\nprintf "Which tier? "; read -r tier; echo "igs $* got $tier"\n';
    await Bun.write(join(mine, "bin/igs"), answers);
    await Bun.write(
      join(mine, "package.json"),
      '{ "name": "system-bus-monorepo", "packageManager": "bun@1.0.0" }',
    );
    await Bun.$`chmod +x bin/igs && mkdir infra && cp ${script} infra/ && cp ${root}/bin/prepare.sh bin/`.cwd(
      mine,
    );
    await Bun.$`mkdir -p ${home}/.bun/bin && ln -s ${process.execPath} ${home}/.bun/bin/bun`;
    for (const [cwd, flags] of [
      [home, `--dir ${mine}`],
      [mine, ""],
    ] as const) {
      const terminal = new TerminalProcess(
        ["sh", "-c", `cat ${script} | sh -s -- ${flags} --vault notes`],
        { cwd, env: { PATH: "/usr/bin:/bin", HOME: home } },
      );
      await terminal.waitForText("Which tier? ");
      terminal.type("2\n");
      await terminal.waitForText("igs setup --vault notes got 2");
      expect(await terminal.exited()).toBe(0);
      await terminal.end();
    }
  });
});
