import { expect, test } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AgentName } from "@system-bus/agents";
import { agentCommands } from "../harness/agents.ts";
import { LoopScene } from "../harness/loop-scene.ts";
import { passingScript, SLUG_PRD } from "../harness/slug-story.ts";
import { untilTestEnds } from "../harness/until-test-ends.ts";

const names: readonly AgentName[] = ["pi", "codex", "claude"];

test.each(names.filter((name) => agentCommands[name] !== null))(
  "with %s a PRD becomes a commit on the loop's branch, all tests green, a retrospective in the vault and a sample of the playbook; nothing else of the person's repository changes",
  async (name) => {
    const scene = untilTestEnds(await LoopScene.open({ agents: [name] }));
    scene.script(passingScript(name));
    const prd = scene.bus.scratch.path("prd.json");
    await Bun.write(prd, JSON.stringify(SLUG_PRD));
    const before = await snapshot(scene.project);

    const { exitCode, envelope } = await scene.bus.igs(
      ...["loop", "start", "--project", scene.project, "--prd", prd, "--json"],
    );
    expect(exitCode).toBe(0);
    const { loopId } = envelope.result;
    const { state, attempts } = await scene.waitForLoopOf(loopId, (loop) => loop.state.retro);
    expect(state.ended?.outcome).toBe("completed");
    expect(scene.runs).toEqual({ implement: 1, review: 1, judge: 1 });
    expect(attempts.map(({ type }) => type)).toEqual(["agent", "agent", "agent", "verdict"]);

    const branch = `agent-loop/${loopId}`;
    expect(await scene.git("log", "--format=%s", `main..${branch}`)).toBe("Make slugs of titles");
    expect(await scene.git("diff", "--name-only", "main", branch)).toBe("src/slugify.ts");
    expect(await changesSince(scene.project, before)).toEqual([
      expect.stringMatching(/^\.git\/objects\//),
      `.git/refs/heads/${branch}`,
    ]);
    // The branch is good where its person checks it out.
    await scene.git("checkout", "--quiet", branch);
    expect(await runTests(scene.project)).toBe(0);

    const vault = scene.bus.scratch.path("vault", "system", "retrospectives", `${loopId}.md`);
    expect(await readFile(vault, "utf8")).toContain(
      "| US-001 | Make slugs of titles | passed | 1 |",
    );
    const loops = scene.bus.scratch.path("bus", "dev", "loops");
    const playbook = JSON.parse(await readFile(join(loops, "playbook.json"), "utf8"));
    expect(playbook.records).toMatchObject([
      { storyKind: "code", tool: name, attempts: 1, passes: 1 },
    ]);
  },
);

/** Content of each file by its path; of git's objects only that they are there. */
async function snapshot(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const contents = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1), await readFile(path, "latin1")] as const;
    }),
  );
  return new Map(contents);
}

/** Paths of what is new, changed or gone; new objects as one. */
async function changesSince(
  folder: string,
  before: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const now = await snapshot(folder);
  const paths = [...new Set([...before.keys(), ...now.keys()])];
  const changed = paths.filter((path) => before.get(path) !== now.get(path)).toSorted();
  const [firstObject] = changed.filter((path) => path.startsWith(".git/objects/"));
  const others = changed.filter((path) => !path.startsWith(".git/objects/"));
  const isOnlyNew = changed.every((path) => others.includes(path) || !before.has(path));
  return isOnlyNew && firstObject !== undefined ? [firstObject, ...others] : changed;
}

async function runTests(folder: string): Promise<number> {
  const child = Bun.spawn([process.execPath, "test"], {
    cwd: folder,
    stdout: "ignore",
    stderr: "ignore",
  });
  return child.exited;
}
