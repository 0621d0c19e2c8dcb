// The functions that watch over the bus, as the official SDK runs them on the embedded engine.

import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readTail, systemLogPath } from "@system-bus/system-log";
import { type Bench, openBench, until } from "./bench.ts";
import { openReceiver, type Receiver } from "./receiver.ts";

setDefaultTimeout(30_000);

let bus: Bench;
let hook: Receiver;
let ntfy: Receiver;
beforeEach(async () => {
  hook = openReceiver();
  ntfy = openReceiver();
  bus = await openBench({
    NOTIFY_WEBHOOK_URL: `${hook.url}/s3cret`,
    NOTIFY_NTFY_URL: `${ntfy.url}/topic`,
  });
});
afterEach(async () => {
  await bus[Symbol.asyncDispose]();
  await hook[Symbol.asyncDispose]();
  await ntfy[Symbol.asyncDispose]();
});

const told = () =>
  hook.received.map(({ body }): { title: string; kind: string } => JSON.parse(body));
const titles = () => told().map(({ title }) => title);
const logged = () =>
  readTail(systemLogPath(bus.vault), 50).map(({ action, tool, detail }) => ({
    action,
    tool,
    detail,
  }));

/** A file where the vault should be: nobody can write there, not even root. */
async function breakVault(): Promise<void> {
  await rm(bus.vault, { recursive: true });
  await writeFile(bus.vault, "");
}

async function mendVault(): Promise<void> {
  await rm(bus.vault);
  await mkdir(bus.vault);
}

/** A folder where its file should be. */
const breakAudit = () => mkdir(stateFile("trigger-audit.json"), { recursive: true });
const stateFile = (name: string) => join(bus.folder, "bus/dev/system", name);

async function standing(): Promise<readonly string[]> {
  const book: { alert: string }[] = await Bun.file(stateFile("alerts.json")).json();
  return book.map(({ alert }) => alert).toSorted();
}

/** Tells the engine other functions than the code has, as a stale deployment would. */
async function drift(): Promise<void> {
  const { url, body } = bus.registration();
  const functions = body.functions.filter(({ id }) => id !== "system-bus-content-summarize");
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...body, functions }),
  });
  expect(answer.status).toBe(200);
  expect(await registeredIds()).not.toContain("content-summarize");
}

const registeredIds = async () => (await bus.api.listFunctions()).map(({ id }) => id);

describe("a heartbeat", () => {
  test("asks for both checks, is known to the health check, and says nothing while nothing changes", async () => {
    const first = await bus.invoke("heartbeat");
    expect(first).toMatchObject({ status: "COMPLETED" });
    expect(await bus.ended("trigger-audit")).toMatchObject([
      { status: "COMPLETED", output: { drifts: [] } },
    ]);
    const [health] = await bus.ended("function-health");
    expect(health).toMatchObject({ status: "COMPLETED", output: { unwell: [] } });

    const answer = await fetch(`${bus.workerUrl}/health`);
    expect(await answer.json()).toMatchObject({
      heartbeat: { lastAt: expect.stringMatching(/^\d{4}-/), silentMs: expect.any(Number) },
    });
    const linesBefore = logged();
    expect(await bus.invoke("heartbeat")).toMatchObject({ output: { changes: 0 } });
    expect(logged()).toEqual(linesBefore);
  });

  test("tells what is wrong with the worker once, and once that it is well again", async () => {
    await breakVault();
    await bus.invoke("heartbeat");
    await bus.invoke("heartbeat");
    await mendVault();
    await bus.invoke("heartbeat");
    await bus.invoke("heartbeat");
    const ofWorker = () => titles().filter((title) => title.startsWith("The worker"));
    await until("both", async () => ofWorker().length > 1);
    expect(ofWorker()).toEqual(["The worker has 1 problem", "The worker is well again"]);
    expect(JSON.stringify(told())).toContain(`The vault ${bus.vault} can't be used`);
    expect(logged().map(({ action, tool }) => `${tool} ${action}`)).toContain("heartbeat clear");
  });
});

describe("the audit of triggers", () => {
  test("registers again what has drifted, and says so once in the log and to the person", async () => {
    await drift();
    await bus.send("system/triggers.audit");
    const [audit] = await bus.ended("trigger-audit");
    expect(audit).toMatchObject({
      status: "COMPLETED",
      output: { drifts: ["content-summarize is not registered"] },
    });
    expect(await registeredIds()).toContain("content-summarize");
    await until("the message", async () => titles().length > 0);
    await until("the line", async () => logged().length > 0);
    expect(logged()).toEqual([
      {
        action: "alert",
        tool: "trigger-audit",
        detail: expect.stringContaining("content-summarize is not registered"),
      },
    ]);
    await bus.send("system/triggers.audit");
    await bus.ended("trigger-audit", 2);
    await until("well again", async () => titles().length > 1);
    expect(titles()).toEqual([
      "The engine had other triggers than the code",
      "The engine has all triggers as the code has them",
    ]);
  });

  test("that fails clears nothing of what stands", async () => {
    await breakVault();
    await bus.invoke("heartbeat");
    await bus.ended("trigger-audit");
    await breakAudit();
    await bus.send("system/triggers.audit");
    await bus.ended("trigger-audit-failure");
    expect(await standing()).toEqual(["heartbeat/worker", "trigger-audit/broken"]);
  });

  test("that can't keep what it has found fails, and is an alert: once, however often it fails", async () => {
    await breakAudit();
    await bus.send("system/triggers.audit");
    await bus.send("system/triggers.audit");
    const runs = await bus.ended("trigger-audit", 2);
    expect(runs.map(({ status }) => status)).toEqual(["FAILED", "FAILED"]);
    await bus.ended("trigger-audit-failure", 2);
    await until("the message", async () => titles().length > 0);
    await bus.ended("notify", 3);
    expect(titles()).toEqual(["The check trigger-audit does not work"]);
  });
});

describe("a failed run", () => {
  const fail = (url = "https://example.invalid:1/a") =>
    bus.send("pipeline/video.download", { url });

  test("is told to every target; one that is dead repeats none of the others, and fails the run", async () => {
    ntfy.answerNext(...new Array(5).fill(() => new Response("down", { status: 500 })));
    await fail("ftp");
    const [failed] = await bus.ended("video-download");
    expect(failed?.status).toBe("FAILED");
    const [run] = await bus.ended("notify");
    expect(run).toMatchObject({ status: "FAILED" });
    expect(JSON.stringify(run?.output)).toContain(`ntfy at ${ntfy.url} answers 500: down`);
    expect(hook.received).toHaveLength(1);
    expect(ntfy.received).toHaveLength(5);
    expect(told()).toMatchObject([{ kind: "failures", runId: failed?.id }]);
    const everything = `${JSON.stringify(run)}${bus.logLines.join("")}${JSON.stringify(logged())}`;
    expect(everything).not.toContain("s3cret");
  });

  test("that comes again within minutes is not told again", async () => {
    await fail("ftp");
    await bus.ended("notify");
    await fail("ftp");
    await bus.ended("video-download", 2);
    await until("the second run of notify to wait", async () => {
      const { items } = await bus.api.listRuns({ functionId: ["notify"] });
      const trace = items[0] && items.length === 2 && (await bus.api.getTrace(items[0].id));
      return trace && JSON.stringify(trace).includes('"window"');
    });
    expect(hook.received).toHaveLength(1);
  });
});

test("three failures in a row are a function that only fails, and one success makes it well", async () => {
  await breakVault();
  for (const detail of ["one", "two", "three"]) {
    await bus.send("system/log", { action: "try", tool: "test", detail });
  }
  await bus.ended("system-logger", 3);
  const FAILS = "function-health/system-bus/system-logger/fails";
  await bus.send("system/functions.check");
  expect(await bus.ended("function-health")).toMatchObject([{ output: { unwell: [FAILS] } }]);
  await bus.send("system/functions.check");
  await bus.ended("function-health", 2);
  // A heartbeat looks at other things, and so clears none of this.
  expect(await bus.invoke("heartbeat")).toMatchObject({ output: { changes: 1 } });
  expect(await standing()).toEqual([FAILS, "heartbeat/worker"]);
  await mendVault();
  await bus.send("system/log", { action: "try", tool: "test", detail: "four" });
  await until("the line", async () => logged().some(({ detail }) => detail === "four"));
  await until("the run's end", async () => {
    const { items } = await bus.api.listRuns({ functionId: ["system-logger"], limit: 1 });
    return items[0]?.status === "COMPLETED";
  });
  await bus.send("system/functions.check");
  await bus.ended("function-health", 4);
  await until("well again", async () => titles().some((title) => title.startsWith("Over:")));
  expect(titles().filter((title) => title.includes("of system-bus"))).toEqual([
    "system-logger of system-bus only fails",
    "Over: system-logger of system-bus only failed",
  ]);
});

describe("a test of the targets", () => {
  test("tells each what it is, tries once, and answers what came of it", async () => {
    ntfy.answerNext(() => new Response("no such topic", { status: 404 }));
    await bus.send("system/notify", { title: "A test", isTest: true });
    const [run] = await bus.ended("notify");
    expect(run).toMatchObject({
      status: "COMPLETED",
      output: {
        told: [
          { target: "webhook", isReached: true },
          {
            target: "ntfy",
            isReached: false,
            words: expect.stringContaining("answers 404: no such topic"),
          },
        ],
      },
    });
    expect(told()).toMatchObject([{ kind: "test", title: "A test" }]);
  });
});
