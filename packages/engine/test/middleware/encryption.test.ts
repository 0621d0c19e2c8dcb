// The SDK's encryption middleware: what an app encrypts is never readable in the engine's files.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encryptionMiddleware } from "@inngest/middleware-encryption";
import { NonRetriableError } from "inngest";
import { EngineHarness, type HarnessOptions } from "../engine-harness.ts";

const SECRET = "under-the-third-stone";
const PLAIN = "readable-by-anyone";

let harness: EngineHarness;
let path: string;
/** What functions saw, decrypted. */
let seen: unknown[];
/** Each execution of a step's code. */
let executed: string[];
let crash: () => Promise<void>;

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "engine-"));
  seen = [];
  executed = [];
  crash = async () => {};
});

afterEach(async () => {
  await harness.stop();
  rmSync(path, { recursive: true });
});

const functions: HarnessOptions["functions"] = (inngest) => {
  const other = inngest.createFunction(
    { id: "other", triggers: [{ event: "secret/asked" }] },
    async ({ event, step }) => step.run("more", () => `${event.data["encrypted"].word}, or so`),
  );
  return [
    other,
    inngest.createFunction(
      { id: "keeper", triggers: [{ event: "secret/kept", if: "event.data.plain != ''" }] },
      async ({ event, step }) => {
        const { word } = event.data["encrypted"];
        const hidden = await step.run("hide", async () => {
          executed.push("hide");
          await crash();
          return { place: `${word}!` };
        });
        const answer = await step.invoke("ask", {
          function: other,
          data: { encrypted: { word: hidden.place } },
        });
        await step.sendEvent("tell", { name: "secret/told", data: { encrypted: { answer } } });
        await step.sleep("night", "8h");
        const found = await step.run("find", () => {
          executed.push("find");
          return [hidden.place, answer];
        });
        return { found };
      },
    ),
    inngest.createFunction(
      { id: "listener", triggers: [{ event: "secret/told" }] },
      ({ event }) => void seen.push(event.data["encrypted"]),
    ),
    inngest.createFunction(
      {
        id: "reader",
        triggers: [
          { event: "inngest/function.finished", if: "event.data.function_id == 'app-keeper'" },
        ],
      },
      ({ event }) => void seen.push(event.data["result"]),
    ),
  ];
};

async function start(options: Partial<HarnessOptions> = {}): Promise<void> {
  harness = new EngineHarness({
    storage: { kind: "directory", path },
    retryIntervalMs: 1_000,
    middleware: [encryptionMiddleware({ key: "of the test" })],
    functions,
    ...options,
  });
  await harness.sync();
}

async function keepSecret(): Promise<string> {
  const data = { encrypted: { word: SECRET }, plain: PLAIN };
  const { ids } = await harness.inngest.send({ name: "secret/kept", data });
  return ids[0] ?? "";
}

/** Of the database and what lies beside it, such as its log. */
function filesContain(text: string): boolean {
  return readdirSync(path).some((file) => readFileSync(join(path, file)).includes(text));
}

async function endOf(eventId: string): Promise<string | undefined> {
  let status: string | undefined;
  await harness.advanceUntil(async () => {
    status = (await harness.runsOf(eventId))[0]?.status;
    return status !== "Running" && status !== "Queued";
  });
  await harness.settle();
  return status;
}

const RESULTS = [{ answer: `${SECRET}!, or so` }, { found: [`${SECRET}!`, `${SECRET}!, or so`] }];

describe.each([
  { name: "with checkpoints", checkpointing: true },
  { name: "without checkpoints", checkpointing: false },
])("an app that encrypts, $name,", ({ checkpointing }) => {
  test("gets its own values, and none of them is stored readable", async () => {
    await start({ checkpointing });
    expect(await endOf(await keepSecret())).toBe("Completed");
    expect(seen).toEqual(RESULTS);
    expect(filesContain(PLAIN)).toBe(true);
    expect(filesContain("__ENCRYPTED__")).toBe(true);
    expect(filesContain(SECRET)).toBe(false);
  });

  test("goes on with what it had encrypted after crashes in a step and in a sleep", async () => {
    await start({ checkpointing });
    crash = async () => {
      crash = async () => {};
      await harness.crashAndRestart();
      await harness.sync();
    };
    const eventId = await keepSecret();
    await harness.settle();
    await harness.crashAndRestart();
    await harness.sync();
    expect(await endOf(eventId)).toBe("Completed");
    expect(seen).toEqual(RESULTS);
    expect(executed).toEqual(["hide", "hide", "find"]);
    expect(filesContain(SECRET)).toBe(false);
  });
});

test("a step that fails says why in plain text: the middleware leaves errors as they are", async () => {
  await start({
    functions: (inngest) => [
      inngest.createFunction(
        { id: "teller", triggers: [{ event: "secret/kept" }] },
        async ({ event }) => {
          throw new NonRetriableError(`nothing at ${event.data["encrypted"].word}`);
        },
      ),
    ],
  });
  expect(await endOf(await keepSecret())).toBe("Failed");
  expect(filesContain(SECRET)).toBe(true);
});
