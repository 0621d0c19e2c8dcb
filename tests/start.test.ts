// `igs start`: what stays, what is signed, and that no key is ever shown.

import { expect, test } from "bun:test";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { FileSite } from "./harness/file-site.ts";
import { findFreePort } from "./harness/free-port.ts";
import { type Env, igsArgv, readEnd, runIgs } from "./harness/igs.ts";
import { listCommandLines } from "./harness/processes.ts";
import { loadResultSchema } from "./harness/result-schema.ts";
import { addTalk } from "./harness/sample-talk.ts";
import { Scratch } from "./harness/scratch.ts";
import { canRecognise } from "./harness/tools.ts";
import { untilTestEnds } from "./harness/until-test-ends.ts";
import { VaultView } from "./harness/vault-view.ts";

const KEY_NAMES = ["INNGEST_EVENT_KEY", "INNGEST_SIGNING_KEY"] as const;

test.skipIf(!canRecognise)(
  "igs start makes its keys once, for their owner's eyes only, and a whole video goes through signed; nothing shows a key",
  async () => {
    const site = untilTestEnds(addTalk(await FileSite.start(), "A signed talk"));
    const scratch = untilTestEnds(await Scratch.create());
    const env = startEnv();
    const first = scratch.spawn(igsArgv("start"), { env });
    await first.waitForLine(/"type":"ready"/);

    const keysFile = scratch.path("bus", "env");
    const keys = await readKeys(keysFile);
    expect((await stat(keysFile)).mode & 0o777).toBe(0o600);

    const sent = await runIgs(scratch, env, [
      ...["send", "pipeline/video.download", "--url", site.url("/captioned.html"), "--follow"],
    ]);
    expect(sent.envelope).toMatchObject({ ok: true });
    const note = await new VaultView(scratch.path("vault")).getOnlyNote();
    expect(note.summary).toContain("Extractive summary");
    const commandLines = await listCommandLines();
    const config = await runIgs(scratch, env, ["config"]);
    const status = await runIgs(scratch, env, ["status"]);
    expect(status.envelope).toMatchObject({ ok: true });
    expect(status.envelope.result.worker).not.toBeNull();
    const statusSchema = await loadResultSchema(scratch, env, "status");
    expect(statusSchema.safeParse(status.envelope.result).error).toBeUndefined();
    first.signal("SIGTERM");
    expect(await first.exited()).toBe(0);

    const second = scratch.spawn(igsArgv("start"), { env });
    await second.waitForLine(/"type":"ready"/);
    expect(await readKeys(keysFile)).toEqual(keys);
    const runs = await runIgs(scratch, env, ["runs"]);
    const shown: { function: { id: string } }[] = runs.envelope.result.runs;
    expect(shown.map((run) => run.function.id)).toContain("content-summarize");
    second.signal("SIGTERM");
    expect(await second.exited()).toBe(0);

    const shownTexts = {
      "the first start": first.output,
      "the second start": second.output,
      send: sent.stdout + sent.stderr,
      config: config.stdout,
      status: status.stdout,
      runs: runs.stdout,
      ps: commandLines,
      ...(await readFilesBut(keysFile, scratch.root)),
    };
    for (const key of keys) {
      for (const [place, text] of Object.entries(shownTexts)) {
        expect({ place, hasKey: text.includes(key) }).toEqual({ place, hasKey: false });
      }
    }
  },
);

test("igs start takes nothing that is not signed: neither its engine nor its worker", async () => {
  const scratch = untilTestEnds(await Scratch.create());
  const env = startEnv();
  const start = scratch.spawn(igsArgv("start"), { env });
  await start.waitForLine(/"type":"ready"/);
  const engine = `http://127.0.0.1:${env["BUS_ENGINE_PORT"]}`;
  const worker = `http://127.0.0.1:${env["BUS_WORKER_PORT"]}`;
  const event = JSON.stringify({ name: "system/log", data: {} });
  const call = `${worker}/api/inngest?fnId=system-bus-system-logger&stepId=step`;
  const forged = { authorization: "Bearer 00ff", "x-inngest-signature": "t=1&s=00ff" };

  const answers = await Promise.all([
    fetch(`${engine}/e/a-wrong-key`, { method: "POST", body: event }),
    fetch(`${engine}/api/v2/runs`),
    fetch(`${engine}/api/v2/runs`, { headers: forged }),
    fetch(`${engine}/v1/events`),
    fetch(`${engine}/fn/register`, { method: "POST", body: "{}" }),
    fetch(call, { method: "POST", body: "{}" }),
    fetch(call, { method: "POST", body: "{}", headers: forged }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
  expect((await fetch(`${engine}/health`)).status).toBe(200);
  expect((await runIgs(scratch, env, ["events"])).envelope.result.events).toEqual([]);

  const wrong = await runIgs(scratch, { ...env, INNGEST_SIGNING_KEY: "00ff" }, ["runs"]);
  expect(wrong.exitCode).toBe(1);
  expect(wrong.envelope.error?.code).toBe("unauthorized");
});

test.skipIf(!canRecognise)(
  "a second igs start beside the first says what has the port, and disturbs nothing",
  async () => {
    const scratch = untilTestEnds(await Scratch.create());
    const env = startEnv();
    const first = scratch.spawn(igsArgv("start"), { env });
    await first.waitForLine(/"type":"ready"/);
    const second = await readEnd(scratch.spawn(igsArgv("start"), { env }));
    expect(second.exitCode).toBe(1);
    expect(second.envelope.error?.code).toBe("port-taken");
    expect(second.envelope.error?.message).toMatch(
      /taken by a System Bus worker with \d+ functions/,
    );
    expect(first.hasEnded).toBe(false);
    expect((await runIgs(scratch, env, ["status"])).envelope).toMatchObject({ ok: true });
  },
);

/** NODE_ENV tells the other commands which bus is meant. */
function startEnv(): Env {
  return {
    NODE_ENV: "production",
    BUS_ENGINE_PORT: String(findFreePort()),
    BUS_WORKER_PORT: String(findFreePort()),
    TRANSCRIPT_ORDER: "captions,pocketsphinx",
    SUMMARY_BY: "extractive",
  };
}

async function readKeys(file: string): Promise<readonly string[]> {
  const text = await Bun.file(file).text();
  return KEY_NAMES.map((name) => {
    const key = new RegExp(`^${name}=["']?([0-9a-f]{32,})["']?$`, "m").exec(text)?.[1];
    if (key === undefined) throw new Error(`${file} has no ${name}`);
    return key;
  });
}

/** Everything else that was written: state, logs, programs' folders, vault. */
async function readFilesBut(
  leftOut: string,
  folder: string,
): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => path !== leftOut);
  const texts = await Promise.all(
    paths.map(async (path) => {
      const bytes = await Bun.file(path).bytes();
      return [path, Buffer.from(bytes).toString("latin1")] as const;
    }),
  );
  return Object.fromEntries(texts);
}
