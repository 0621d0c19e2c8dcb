// The skills name commands that there are: each is run, on one bus on the embedded engine in a home of
// the test's own. What would change this machine (a daemon, set-up, starting a second bus) is held to what the
// command line's own help says that it takes.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { Bus } from "./harness/bus.ts";
import { checkout, readEnd } from "./harness/igs.ts";
import { findCommands, findFlags, readKnownFlags, routeOf } from "./harness/skill-commands.ts";

const folder = join(checkout, "skills");
const names = (await readdir(folder, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .toSorted();
const pages = new Map(
  await Promise.all(
    names.map(
      async (name) => [name, await Bun.file(join(folder, name, "SKILL.md")).text()] as const,
    ),
  ),
);

/** They would install, start or end something of this machine, or ask for a model. */
const ONLY_PARSED = [
  /^igs setup\b/,
  /^igs (dev|start|stop)\b/,
  /^igs daemon (install|uninstall|restart)\b/,
];

/** What has to fail here, and how: there is no such loop, no agent, no second engine, no target, and the engine runs. */
const FAILS_WITH: readonly (readonly [RegExp, RegExp])[] = [
  [/^igs loop start /, /refused|settings/],
  [/^igs loop (?!start|list|cancel)/, /not-found/],
  [/^igs migrate /, /unreachable/],
  [/^igs notify test/, /refused|settings|unavailable/],
  [/^igs engine restore/, /unavailable/],
];

/** What depends on the machine: which programs are there, whether a daemon of the system's is. */
const MAY_FAIL_WITH: readonly (readonly [RegExp, RegExp])[] = [
  [/^igs doctor/, /unhealthy/],
  [/^igs daemon status/, /not-found/],
];

let bus: Bus;
const placeholders = new Map<string, string>();
/** By line: what several skills name is run once. */
const tried = new Map<string, Promise<string | null>>();

beforeAll(async () => {
  bus = await Bus.start({
    settings: { LOOP_TOOLS: "pi" },
    // Where `igs start` keeps its database, and so where the commands look that work on it.
    prepare: async (scratch) => {
      await mkdir(scratch.path("engine"));
      await symlink(scratch.path("engine"), scratch.path("bus", "start"));
      return {};
    },
  });
  const { scratch } = bus;
  await mkdir(scratch.path("bin"));
  for (const name of ["igs", "slog"])
    await symlink(join(checkout, "bin/igs"), scratch.path("bin", name));
  await mkdir(scratch.path("work"));
  await Bun.write(
    scratch.path("work", "events.ndjson"),
    '{"name":"system/log","data":{"action":"note","tool":"agent","detail":"of many"}}\n',
  );
  await Bun.write(scratch.path("work", "prd.json"), "{}");
  const sent = await bus.igs("send", "system/verify", "--data", "{}", "--wait");
  placeholders.set("<run-id>", sent.envelope.result.runs[0].runId);
  placeholders.set("<event-id>", sent.envelope.result.eventIds[0]);
  placeholders.set("<running-run-id>", await startRunThatPauses());
  placeholders.set("<loop-id>", "slugs-20261124");
  placeholders.set("<project>", scratch.path("work"));
  placeholders.set("<backup>", scratch.path("bus.db"));
  placeholders.set("<other-engine>", "http://127.0.0.1:9");
}, 60_000);

afterAll(() => bus[Symbol.asyncDispose]());

async function startRunThatPauses(): Promise<string> {
  const data = '{"pauseSeconds":60}';
  const sent = await bus.igs("send", "system/verify", "--data", data);
  return bus.waitFor("a run that pauses", async () => {
    const { envelope } = await bus.igs("runs", "--event", sent.envelope.result.eventIds[0]);
    return envelope.result.runs[0]?.id ?? null;
  });
}

describe("the skills", () => {
  test("are those that this repository is to have, with a name, and words that say when to use them", () => {
    expect(names).toEqual(["add-a-function", "operate", "run-a-loop", "use-the-bus"]);
    for (const [name, page] of pages) {
      const [, frontmatter = ""] = /^---\n([\s\S]*?)\n---\n/.exec(page) ?? [];
      const { name: written, description, ...rest } = Bun.YAML.parse(frontmatter) as Frontmatter;
      expect(written).toBe(name);
      expect(description).toMatch(/\. Use when /);
      expect(description.length).toBeLessThanOrEqual(1_024);
      expect(rest).toEqual({});
    }
  });

  test("are where agents look for them", async () => {
    for (const link of [".claude/skills", ".agents/skills"]) {
      expect(await Bun.file(join(checkout, link, "operate/SKILL.md")).exists()).toBe(true);
    }
  });

  for (const [name, page] of pages) {
    test.concurrent(`${name}: each command that it names answers as it should here, or is what its help says`, async () => {
      const problems: string[] = [];
      const run = async (line: string) => {
        const trial = tried.get(line) ?? tryCommand(line).catch(String);
        tried.set(line, trial);
        const problem = await trial;
        if (problem !== null) problems.push(`${line}: ${problem}`);
      };
      const commands = findCommands(page);
      expect(commands.filter(({ isWhole }) => isWhole).length).toBeGreaterThan(4);
      for (const { line, isWhole } of commands) {
        if (!isWhole) problems.push(...(await findUnknown(line)));
        else await run(line);
      }
      expect(problems).toEqual([]);
    }, 60_000);
  }

  test("could not name what isn't there: such a line is told, be it run, parsed or of no kind that is known", async () => {
    expect(await tryCommand("igs runs --nonsense")).toContain('"code":"usage"');
    expect(await tryCommand("igs run 01M0000000000000000000NONE")).toContain('"code":"not-found"');
    expect(await tryCommand("igs daemon install --nonsense")).toContain("--nonsense is unknown");
    expect(await tryCommand("bun run nonsense")).toContain("no such script");
    expect(await tryCommand("rm -r notes")).toContain("no command that this test knows");
    expect(await findUnknown("igs nonsense")).not.toEqual([]);
  });
});

interface Frontmatter {
  readonly name: string;
  readonly description: string;
}

/** What is wrong with a line of a block; null when it is as it should be. */
async function tryCommand(line: string): Promise<string | null> {
  const [script] = /^bun run ([a-z:]+)$/.exec(line)?.slice(1) ?? [];
  if (script !== undefined) {
    const { scripts } = await Bun.file(join(checkout, "package.json")).json();
    return script in scripts ? null : "package.json has no such script";
  }
  const [file] = /^(bin\/[a-z]+)( |$)/.exec(line)?.slice(1) ?? [];
  if (file !== undefined) {
    return (await Bun.file(join(checkout, file)).exists()) ? null : "there is no such file";
  }
  if (!/^(echo .*\| )?(igs|slog) /.test(line)) return "is no command that this test knows";
  const lacksJq = /\| *jq /.test(line) && Bun.which("jq") === null;
  if (lacksJq || ONLY_PARSED.some((pattern) => pattern.test(line))) {
    const unknown = await findUnknown(line);
    return unknown.length === 0 ? null : unknown.join("; ");
  }
  return runWhole(line);
}

/** Runs a line in a shell, as an agent does, with this test's own ids in the place of the placeholders. */
async function runWhole(line: string): Promise<string | null> {
  const filled = line.replaceAll(/<[a-z-]+>/g, (name) => placeholders.get(name) ?? name);
  const { scratch } = bus;
  const env = { ...bus.env, PATH: `${scratch.path("bin")}:${bus.env["PATH"]}` };
  const child = scratch.spawn(["sh", "-euc", filled], { env, cwd: scratch.path("work") });
  if (/\| *jq /.test(line)) {
    const exitCode = await child.exited();
    return exitCode === 0 && child.output !== "" ? null : `ended with ${exitCode}: ${child.output}`;
  }
  const { exitCode, envelope } = await readEnd(child);
  const find = (table: typeof FAILS_WITH) => table.find(([pattern]) => pattern.test(line))?.[1];
  const failure = find(FAILS_WITH);
  if (envelope.ok && failure === undefined) return null;
  if ((failure ?? find(MAY_FAIL_WITH))?.test(envelope.error?.code ?? "")) return null;
  return `ended with ${exitCode} and ${JSON.stringify(envelope).slice(0, 400)}`;
}

const helps = new Map<string, Promise<string>>();

/** What the command's own help doesn't know of a line. */
async function findUnknown(line: string): Promise<readonly string[]> {
  const route = routeOf(line);
  const key = route.join(" ");
  const reading = helps.get(key) ?? readHelp(route);
  helps.set(key, reading);
  const help = await reading;
  if (!help.startsWith("USAGE")) return [`${line}: ${help}`];
  const known = readKnownFlags(help);
  return findFlags(line)
    .filter((flag) => !known.has(flag))
    .map((flag) => `${line}: ${flag} is unknown`);
}

async function readHelp([program = "", ...route]: readonly string[]): Promise<string> {
  const argv = [join(bus.scratch.path("bin"), program), ...route, "--help"];
  const child = bus.scratch.spawn(argv, { env: bus.env });
  await child.exited();
  return child.output;
}
