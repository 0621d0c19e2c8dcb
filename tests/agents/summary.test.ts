// Summaries by the real agents and by a model behind an address. Only the model itself is scripted.

import { describe, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { AgentName } from "@system-bus/agents";
import { agentCommands, setUpAgent } from "../harness/agents.ts";
import { Bus, type BusOptions } from "../harness/bus.ts";
import { FileSite } from "../harness/file-site.ts";
import { ModelServer } from "../harness/model-server.ts";
import { countFailures, listRunsOf, waitForQuiet, waitForRunOf } from "../harness/runs.ts";
import { untilTestEnds } from "../harness/until-test-ends.ts";

const SLUG = "a-talk-of-last-year";
const MODEL_KEY = "a-key-that-nobody-may-see";

const SUMMARY = {
  executiveSummary: "The talk divides work into small parts.",
  keyPoints: ["Parts are small.", "Nothing is lost."],
  speakerContext: "Nobody knows who speaks.",
  quotes: [
    { text: "If the machine stops in the middle of the night, nothing is lost." },
    { text: "This sentence was never said by anyone in that talk." },
  ],
  research: [],
};

describe.skipIf(agentCommands.pi === null)("a summary by pi (installed by bin/test)", () => {
  test("goes between the note's marks with quotes that were said and pages that were opened; all else stays byte for byte", async () => {
    const model = untilTestEnds(new ModelServer());
    const site = untilTestEnds(await FileSite.start());
    site.add("/speaker", { kind: "html", text: "<p>The speaker.</p>" });
    const opened = site.url("/speaker");
    const neverOpened = "https://example.org/never-opened";
    const research = [
      { title: "The speaker", url: opened },
      { title: "Made up", url: neverOpened },
    ];
    model.willAnswer(
      {
        tool: "bash",
        args: { command: `curl -s ${opened} || wget -qO- ${opened}; echo ${opened}` },
      },
      { text: `Here it is:\n\`\`\`json\n${JSON.stringify({ ...SUMMARY, research })}\n\`\`\`` },
    );
    const bus = await startWithNote(writtenBy("pi", model));
    await askForSummary(bus);
    await waitForQuiet(bus, "content-summarize");

    const note = await bus.vault.getOnlyNote();
    expect(note.summary).toContain(SUMMARY.executiveSummary);
    expect(note.summary).toContain("- Nothing is lost.");
    expect(note.summary).toMatch(
      /> “If the machine stops .* nothing is lost\.” \*\*\[0:00:56\]\*\*/,
    );
    expect(note.summary).not.toContain("never said by anyone");
    expect(note.summary).toContain(opened);
    expect(note.summary).not.toContain(neverOpened);
    expect(withoutSummary(note.text)).toBe(withoutSummary(NOTE));
    expect(site.requests.map(({ path }) => path)).toContain("/speaker");
    expect(model.calls[0]?.asked).toContain("If the machine stops in the middle of the night");
    expect(bus.vault.readLog()).toMatchObject([{ action: "summarize", tool: "pi" }]);
  });

  test("of a worker that is killed meanwhile is written once, by the same pi", async () => {
    const model = untilTestEnds(new ModelServer());
    model.willAnswer({ text: JSON.stringify(SUMMARY) });
    model.hold();
    const bus = await startWithNote(writtenBy("pi", model));
    await askForSummary(bus);
    await bus.waitFor("pi to have asked its model", () => model.calls.length === 1);
    const running = await bus.programs.findRunning("pi-enrich");

    await bus.worker.kill();
    await bus.startWorker();
    expect((await bus.programs.findRunning("pi-enrich"))?.pid).toBe(running?.pid ?? 0);
    model.letGo();

    await waitForQuiet(bus, "content-summarize");
    expect((await bus.vault.getOnlyNote()).summary).toContain(SUMMARY.executiveSummary);
    expect(model.calls).toHaveLength(1);
    expect(await bus.programs.ofStep("pi-enrich")).toHaveLength(1);
  });

  test("whose model fails, though pi then ends with exit code 0, fails the run and leaves the note as it was", async () => {
    const model = untilTestEnds(new ModelServer());
    model.willAnswer({ status: 500 });
    const bus = await startWithNote(writtenBy("pi", model));
    const run = await waitForRunOf(bus, await askForSummary(bus));
    expect(run.status).toBe("FAILED");
    expect(run.output).toMatchObject({
      message: expect.stringMatching(/pi failed: .*500.*Run pi by hand/),
    });
    expect((await bus.vault.getOnlyNote()).text).toBe(NOTE);
    expect(await bus.programs.ofStep("pi-enrich")).toHaveLength(2);
  });
});

describe.each(["codex", "claude"] as const)("a summary by %s", (name) => {
  test.skipIf(agentCommands[name] === null)(
    "goes between the note's marks as one by pi does, and a failure of its model leaves the note as it was",
    async () => {
      const model = untilTestEnds(new ModelServer());
      const bus = await startWithNote(writtenBy(name, model));
      model.willAnswer({ status: 500 });
      const failed = await waitForRunOf(bus, await askForSummary(bus));
      expect(failed.status).toBe("FAILED");
      expect(failed.output).toMatchObject({
        message: expect.stringMatching(new RegExp(`^${name} failed: .*Run ${name} by hand`)),
      });
      expect((await bus.vault.getOnlyNote()).text).toBe(NOTE);
      expect(await bus.programs.ofStep("pi-enrich")).toHaveLength(2);

      const research = [{ title: "Made up", url: "https://example.org/never-opened" }];
      model.willAnswer({ text: JSON.stringify({ ...SUMMARY, research }) });
      const run = await waitForRunOf(bus, await askForSummary(bus));
      expect(run.status).toBe("COMPLETED");
      const note = await bus.vault.getOnlyNote();
      expect(note.summary).toContain(SUMMARY.executiveSummary);
      expect(note.summary).toMatch(/> “If the machine stops .*” \*\*\[0:00:56\]\*\*/);
      expect(note.summary).not.toContain("never said by anyone");
      expect(note.summary).not.toContain("never-opened");
      expect(note.summary).toContain(`*Summary by ${name} (scripted). Research: none.*`);
      expect(withoutSummary(note.text)).toBe(withoutSummary(NOTE));
      expect(model.calls.at(-1)?.asked).toContain(
        "If the machine stops in the middle of the night",
      );
      expect(model.calls.at(-1)?.tools).not.toContain("Write");
      await bus.waitFor("its line in the log", () =>
        bus.vault.readLog().some(({ action, tool }) => action === "summarize" && tool === name),
      );
    },
  );
});

test.skipIf(agentCommands.claude === null)(
  "a summary by an agent that nobody has logged in fails at once and says how to, and nothing is started",
  async () => {
    const model = untilTestEnds(new ModelServer());
    const bus = await startWithNote(async (scratch) => ({
      ...(await writtenBy("claude", model)(scratch)),
      ANTHROPIC_API_KEY: "",
    }));
    const run = await waitForRunOf(bus, await askForSummary(bus));
    expect(run).toMatchObject({
      status: "FAILED",
      output: {
        message: expect.stringMatching(/^claude [\d.]+ is not logged in: run `claude auth/),
      },
    });
    expect(await bus.programs.ofStep("pi-enrich")).toEqual([]);
    expect(model.calls).toEqual([]);
  },
);

describe("a summary by a model behind an address", () => {
  test("is asked for by the engine with the model's key, which is nowhere to be seen", async () => {
    const model = untilTestEnds(new ModelServer());
    model.willAnswer({ text: JSON.stringify(SUMMARY) });
    const bus = await startWithNote(modelSettings(model));
    const run = await waitForRunOf(bus, await askForSummary(bus));
    expect(run.status).toBe("COMPLETED");
    await waitForQuiet(bus, "content-summarize");

    const note = await bus.vault.getOnlyNote();
    expect(note.summary).toContain(SUMMARY.executiveSummary);
    expect(note.summary).not.toContain("never said by anyone");
    expect(withoutSummary(note.text)).toBe(withoutSummary(NOTE));
    expect(model.calls).toMatchObject([
      { authorization: `Bearer ${MODEL_KEY}`, isStreamed: false },
    ]);

    const shown = await bus.igs("run", run.id);
    expect(shown.stdout).toContain("pi-enrich:infer");
    const trace = await fetch(`${bus.engineUrl}/api/v2/runs/${run.id}/trace?includeOutput=true`);
    const places = [
      ...[shown.stdout, await trace.text(), bus.engine.output, bus.worker.output],
      ...[(await bus.igs("config")).stdout, (await bus.igs("events")).stdout, note.text],
      ...[JSON.stringify(bus.vault.readLog())],
    ];
    for (const place of places) expect(place).not.toContain(MODEL_KEY);
  });

  test("is asked for again when the engine was killed while the model was thinking, and is written once", async () => {
    const model = untilTestEnds(new ModelServer());
    model.willAnswer({ text: JSON.stringify(SUMMARY) });
    model.hold();
    const bus = await startWithNote(modelSettings(model));
    await askForSummary(bus);
    await bus.waitFor("the model to be asked", () => model.calls.length === 1);
    await bus.engine.kill();
    await bus.startEngine();
    await bus.waitFor("the model to be asked again", () => model.calls.length === 2);
    model.letGo();

    await waitForQuiet(bus, "content-summarize");
    expect((await bus.vault.getOnlyNote()).summary).toContain(SUMMARY.executiveSummary);
    expect(bus.vault.readLog()).toHaveLength(1);
    expect(model.calls).toHaveLength(2);
  });

  test("is tried again when the model was unwell, and not when its answer is no summary", async () => {
    const model = untilTestEnds(new ModelServer());
    model.willAnswer({ status: 503 }, { text: JSON.stringify(SUMMARY) });
    const bus = await startWithNote(modelSettings(model), ["--retry-interval", "1"]);
    expect(await waitForRunOf(bus, await askForSummary(bus))).toMatchObject({
      status: "COMPLETED",
    });
    expect(model.calls).toHaveLength(2);
    const { text } = await bus.vault.getOnlyNote();

    model.willAnswer({ text: "I am sorry, but I cannot." });
    const run = await waitForRunOf(bus, await askForSummary(bus));
    expect(run).toMatchObject({
      status: "FAILED",
      output: { message: expect.stringMatching(/The model's answer holds no JSON object/) },
    });
    expect(countFailures(await bus.igs("run", run.id))).toBe(1);
    expect((await bus.vault.getOnlyNote()).text).toBe(text);
  });
});

test("a summary by pi where pi is not installed fails at once with how to install it", async () => {
  const bus = await startWithNote(async (scratch) => ({
    SUMMARY_BY: "pi",
    PATH: withoutProgram(scratch.env["PATH"] ?? "", "pi"),
  }));
  const run = await waitForRunOf(bus, await askForSummary(bus));
  expect(run).toMatchObject({
    status: "FAILED",
    output: { message: expect.stringMatching(/pi, which .*, is not installed\. Install it: npm/) },
  });
  expect(await listRunsOf(bus, "content-summarize")).toHaveLength(1);
  expect((await bus.vault.getOnlyNote()).text).toBe(NOTE);
});

/** The settings under which the worker uses this agent, whose only model is this server's. */
function writtenBy(name: AgentName, model: ModelServer): NonNullable<BusOptions["prepare"]> {
  return async (scratch) => ({
    ...(await setUpAgent(name, scratch, model)),
    SUMMARY_BY: name,
  });
}

function modelSettings({ url }: ModelServer): NonNullable<BusOptions["prepare"]> {
  return async () => ({
    SUMMARY_BY: "model",
    SUMMARY_MODEL_URL: url,
    SUMMARY_MODEL: "scripted",
    SUMMARY_MODEL_KEY: MODEL_KEY,
  });
}

async function startWithNote(
  prepare: NonNullable<BusOptions["prepare"]>,
  engineFlags: readonly string[] = [],
): Promise<Bus> {
  const bus = untilTestEnds(
    await Bus.start({
      engineFlags,
      prepare: async (scratch) => {
        const path = scratch.path("vault", "Resources", "videos", `${SLUG}.md`);
        await mkdir(dirname(path), { recursive: true });
        await Bun.write(path, NOTE);
        return prepare(scratch);
      },
    }),
  );
  return bus;
}

async function askForSummary(bus: Bus): Promise<string> {
  const [eventId = ""] = await bus.api.sendEvents([
    { name: "content/summarize", data: { noteSlug: SLUG } },
  ]);
  return eventId;
}

function withoutSummary(text: string): string {
  return text.replace(/(<!-- summary:start -->)[\s\S]*(<!-- summary:end -->)/, "$1$2");
}

function withoutProgram(path: string, program: string): string {
  return path
    .split(":")
    .filter((folder) => Bun.which(program, { PATH: folder }) === null)
    .join(":");
}

/** As a person left it: with a remark of their own, and a dollar sign that no replacement may read. */
const NOTE = `---
type: video
source: "https://example.org/talk"
channel: "Someone: \\"quoted\\""
published: null
duration: "00:01:08"
nas_path: null
transcribed: 2025-11-20
tags:
  - video
  - transcript
id: "generic:a-talk"
---

# A talk of last year

My own remark: costs $& and $1.

<!-- summary:start -->
## Executive Summary

*Not summarised yet.*
<!-- summary:end -->

## Full Transcript

> [!note]- Transcript
> **[0:00:00]** Hello, and welcome. So we divide the work into small parts.
>
> **[0:00:56]** If the machine stops in the middle of the night, nothing is lost. In the morning it starts again.
`;
