// System Bus as a person uses it: `igs dev` in one terminal, `igs send --follow` in another, Ctrl-C.

import { describe, expect, test } from "bun:test";
import { FileSite } from "./harness/file-site.ts";
import { findFreePort, isPortFree } from "./harness/free-port.ts";
import { type Env, igsArgv, readEnd, runIgs } from "./harness/igs.ts";
import { findProcessesOf, isAlive, sendSignal } from "./harness/processes.ts";
import { ProgramRecords } from "./harness/program-records.ts";
import { addTalk } from "./harness/sample-talk.ts";
import { Scratch } from "./harness/scratch.ts";
import { canDownload } from "./harness/tools.ts";
import { untilTestEnds } from "./harness/until-test-ends.ts";
import { VaultView } from "./harness/vault-view.ts";
import { waitFor } from "./harness/wait-for.ts";

const TITLE = "A talk that is followed";

describe.skipIf(!canDownload)("igs dev in one terminal", () => {
  test("and igs send --follow in another: the steps appear while they happen, and the note is there", async () => {
    const site = untilTestEnds(addTalk(await FileSite.start(), TITLE));
    const scratch = untilTestEnds(await Scratch.create());
    const env = devEnv();
    const dev = scratch.openTerminal(igsArgv("dev"), { env });
    await dev.waitForText("Ready:");
    expect(dev.screen).toContain(
      `Starting embedded engine on http://localhost:${env["BUS_ENGINE_PORT"]} (Inngest-compatible, memory only)`,
    );

    site.hold("/talk.mp4");
    const url = site.url("/captioned.html");
    const send = scratch.openTerminal(
      igsArgv("send", "pipeline/video.download", "--url", url, "--follow"),
      { env },
    );
    // The video stands still in its middle, so all of this is shown before there can be an end.
    await send.waitForText("● pipeline/video.download");
    await send.waitForText("video-download › download:finished  waits for an event");
    await send.waitForText(/video-download › download .*\d+ %/);
    expect(send.screen).not.toContain("transcript-process");
    site.letGo("/talk.mp4");
    expect(await send.exited()).toBe(0);

    expect(firstPositions(send.screen, SHOWN_IN_ORDER)).toEqual([...SHOWN_IN_ORDER]);
    const note = await new VaultView(scratch.path("vault")).getOnlyNote();
    expect(note.text).toContain(`# ${TITLE}`);

    const runs = await runIgs(scratch, env, ["runs", "--json"]);
    const shown: { function: { id: string }; status: string }[] = runs.envelope.result.runs;
    expect(shown.map((run) => `${run.function.id} ${run.status}`).toSorted()).toEqual([
      "content-summarize COMPLETED",
      "notify COMPLETED",
      "system-logger COMPLETED",
      "system-logger COMPLETED",
      "system-logger COMPLETED",
      "transcript-process COMPLETED",
      "video-download COMPLETED",
    ]);
    const tail = await runIgs(scratch, env, ["log", "tail"]);
    const entries: { action: string }[] = tail.envelope.result.entries;
    expect(entries.map(({ action }) => action)).toEqual(["download", "transcribe", "summarize"]);

    dev.pressCtrlC();
    expect(await dev.exited()).toBe(0);
    expect(dev.screen).toEndWith("Stopped.\n");
    expect(await findProcessesOf(scratch.root)).toEqual([]);
    expect(isPortFree(Number(env["BUS_ENGINE_PORT"]))).toBe(true);
    expect(isPortFree(Number(env["BUS_WORKER_PORT"]))).toBe(true);
  });

  test("that gets Ctrl-C leaves a running program alone, and nothing else", async () => {
    const site = untilTestEnds(addTalk(await FileSite.start(), TITLE));
    const scratch = untilTestEnds(await Scratch.create());
    const env = devEnv();
    const dev = scratch.openTerminal(igsArgv("dev"), { env });
    await dev.waitForText("Ready:");
    site.hold("/talk.mp4");
    const url = site.url("/captioned.html");
    await runIgs(scratch, env, ["send", "pipeline/video.download", "--url", url]);
    const programs = new ProgramRecords(scratch.path("bus", "dev", "programs"));
    const { pid, supervisorPid } = await waitFor("the download to run", () =>
      programs.findRunning("download"),
    );

    dev.pressCtrlC();
    expect(await dev.exited()).toBe(0);
    expect(isPortFree(Number(env["BUS_ENGINE_PORT"]))).toBe(true);
    expect(isPortFree(Number(env["BUS_WORKER_PORT"]))).toBe(true);
    const left = (await findProcessesOf(scratch.root)).map((process) => process.pid);
    expect(left.toSorted()).toEqual([pid, supervisorPid ?? 0].toSorted());

    site.letGo("/talk.mp4");
    await waitFor("the download to end by itself", async () => {
      const [program] = await programs.ofStep("download");
      return program?.endedBy === "exit";
    });
    // Its run was in the memory of an engine that is gone: nobody will collect it.
    sendSignal(supervisorPid ?? 0, "SIGTERM");
  });

  test("and igs cancel in another: the program is gone within two seconds, and igs rerun goes on where it stopped", async () => {
    const site = untilTestEnds(addTalk(await FileSite.start(), TITLE));
    const scratch = untilTestEnds(await Scratch.create());
    const env = devEnv();
    const dev = scratch.openTerminal(igsArgv("dev"), { env });
    await dev.waitForText("Ready:");
    site.hold("/talk.mp4");
    const url = site.url("/captioned.html");
    await runIgs(scratch, env, ["send", "pipeline/video.download", "--url", url]);
    const programs = new ProgramRecords(scratch.path("bus", "dev", "programs"));
    const { pid, runId } = await waitFor("the download to run", async () =>
      site.requests.some(({ path }) => path === "/talk.mp4")
        ? programs.findRunning("download")
        : null,
    );

    const cancelled = await runIgs(scratch, env, ["cancel", runId]);
    expect(cancelled.envelope).toMatchObject({ ok: true });
    await waitFor("the program to be gone", async () => !(await isAlive(pid)), { maxMs: 2_000 });
    const { envelope } = await runIgs(scratch, env, ["run", runId]);
    expect(envelope.result.run.status).toBe("CANCELLED");

    site.letGo("/talk.mp4");
    const rerun = await runIgs(scratch, env, ["rerun", runId]);
    expect(rerun.envelope).toMatchObject({ ok: true });
    const vault = new VaultView(scratch.path("vault"));
    await waitFor("the note", async () => (await vault.listNotes()).length === 1);
    expect(site.requests.at(-1)?.range).toMatch(/^bytes=[1-9]/);
    dev.pressCtrlC();
    await dev.exited();
  });

  test("gives a program that reads the output of send --follow one JSON object on each line, as it happens", async () => {
    const site = untilTestEnds(addTalk(await FileSite.start(), TITLE));
    const scratch = untilTestEnds(await Scratch.create());
    const env = devEnv();
    const dev = scratch.openTerminal(igsArgv("dev"), { env });
    await dev.waitForText("Ready:");
    site.hold("/talk.mp4");
    const url = site.url("/captioned.html");
    const send = scratch.spawn(
      igsArgv("send", "pipeline/video.download", "--url", url, "--follow"),
      { env },
    );
    await send.waitForLine(/"type":"program".*"stepId":"download"/);
    expect(send.hasEnded).toBe(false);
    site.letGo("/talk.mp4");
    const { exitCode, envelope, stdout } = await readEnd(send);
    expect(exitCode).toBe(0);
    const lines = stdout.split("\n").map((line) => JSON.parse(line));
    expect(lines.filter(({ type }) => type === "run-ended")).toHaveLength(7);
    expect(envelope).toMatchObject({ ok: true, command: "send" });
    expect(envelope.result.runs).toHaveLength(7);
    dev.pressCtrlC();
    await dev.exited();
  });
});

/** What a person who follows a video sees, from the top to the bottom. */
const SHOWN_IN_ORDER = [
  "● pipeline/video.download ",
  "▸ video-download",
  "video-download › download:prepare",
  "video-download › download:result",
  "video-download › emit-events",
  "▸ transcript-process",
  "transcript-process › create-vault-note",
  "transcript-process › update-daily-note",
  "▸ content-summarize",
  "content-summarize › pi-enrich",
  "7 runs, 7 completed",
] as const;

/** The texts that are there, in the order in which they come first. */
function firstPositions(screen: string, texts: readonly string[]): readonly string[] {
  return texts
    .filter((text) => screen.includes(text))
    .toSorted((one, other) => screen.indexOf(one) - screen.indexOf(other));
}

/** Ports of the test's own, as a person sets them: for both commands alike. */
function devEnv(): Env {
  return {
    BUS_ENGINE_PORT: String(findFreePort()),
    BUS_WORKER_PORT: String(findFreePort()),
    TRANSCRIPT_ORDER: "captions",
    SUMMARY_BY: "extractive",
  };
}
