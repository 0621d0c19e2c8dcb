import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSentEvents, loadJournal } from "@system-bus/sent-events";
import { z } from "zod";
import { type BusClientOptions, type BusLogger, createBusClient } from "./bus-client.ts";
import { busEvents } from "./catalogue.ts";
import type { NameWarning } from "./check-sent-events.ts";
import { EventError } from "./event-error.ts";

const SentSchema = z.array(z.looseObject({ name: z.string(), data: z.unknown() }));

/** Takes events as an engine does, and remembers them. */
function startEventApi() {
  const requests: { path: string; events: z.output<typeof SentSchema> }[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const events = SentSchema.parse(await request.json());
      requests.push({ path: new URL(request.url).pathname, events });
      return Response.json({ ids: events.map((_, at) => `id-${at}`), status: 200 });
    },
  });
  return { requests, server, url: `http://127.0.0.1:${server.port}` };
}

let api: ReturnType<typeof startEventApi>;
let warnings: NameWarning[];
beforeEach(() => {
  api = startEventApi();
  warnings = [];
});
afterEach(() => api.server.stop(true));

const connect = (options: Partial<BusClientOptions> = {}) =>
  createBusClient({
    isDev: true,
    baseUrl: api.url,
    onNameWarning: (warning) => warnings.push(warning),
    ...options,
  });

const url = "https://example.org/talk.mp4";

async function errorOf(sent: Promise<unknown>): Promise<unknown> {
  return sent.then(
    () => "it was sent",
    (error: unknown) => error,
  );
}

describe("sending", () => {
  test("a well-formed event reaches the engine as it was given", async () => {
    const id = "video-1";
    const { ids } = await connect().send({ name: "pipeline/video.download", data: { url }, id });
    expect(ids).toEqual(["id-0"]);
    expect(api.requests).toHaveLength(1);
    expect(api.requests[0]?.events).toMatchObject([
      { name: "pipeline/video.download", data: { url }, id },
    ]);
    expect(warnings).toEqual([]);
  });

  test("an event made with create() is sent, too", async () => {
    await connect().send(busEvents["system/log"].create({ action: "a", tool: "b", detail: "c" }));
    expect(api.requests[0]?.events).toMatchObject([{ name: "system/log" }]);
  });

  test("one malformed event keeps the whole batch from being sent", async () => {
    const error = await errorOf(
      connect().send([
        { name: "pipeline/video.download", data: { url } },
        { name: "pipeline/video.download", data: { url: "file:///etc/passwd" } },
      ]),
    );
    expect(error).toBeInstanceOf(EventError);
    expect(error).toMatchObject({
      code: "EVENT_INVALID",
      message:
        "pipeline/video.download was not sent: its data is malformed.\n" +
        "url: only http and https addresses are fetched, not file:",
    });
    expect(api.requests).toEqual([]);
  });

  test("a mistyped field is refused though create() alone would let it through", async () => {
    const data = { url, tgas: ["a"] };
    const made = busEvents["pipeline/video.download"].create(data);
    await made.validate();
    expect(await errorOf(connect().send(made))).toMatchObject({
      message: expect.stringContaining("tgas: is not a field of this event; did you mean “tags”?"),
    });
    expect(api.requests).toEqual([]);
  });

  test("an alias is sent under the event's own name, with a warning", async () => {
    const payload = { name: "pipeline/video.requested", data: { url } };
    // @ts-expect-error an alias is for people and scripts: typed code uses the name
    await connect().send(payload);
    expect(api.requests[0]?.events).toMatchObject([{ name: "pipeline/video.download" }]);
    expect(warnings).toMatchObject([
      { name: "pipeline/video.requested", suggestions: ["pipeline/video.download"] },
    ]);
  });

  test("an alias with malformed data is refused", async () => {
    const payload = { name: "pipeline/video.requested", data: {} };
    // @ts-expect-error as above
    expect(await errorOf(connect().send(payload))).toBeInstanceOf(EventError);
  });

  test("an unknown name is sent with a warning: another app may listen to it", async () => {
    // @ts-expect-error the name is not one of the bus's
    await connect().send({ name: "content/sumarize", data: { any: "thing" } });
    expect(api.requests[0]?.events).toMatchObject([{ name: "content/sumarize" }]);
    expect(warnings.map(({ message }) => message)).toEqual([
      "content/sumarize is not an event of this bus: nothing here listens to it; did you mean " +
        "content/summarize or content/summarized?",
    ]);
  });

  test("the engine's own names pass untouched: it decides about them", async () => {
    // @ts-expect-error the name is not one of the bus's
    await connect().send({ name: "inngest/function.cancelled", data: { any: "thing" } });
    expect(api.requests[0]?.events).toMatchObject([{ name: "inngest/function.cancelled" }]);
    expect(warnings).toEqual([]);
  });

  test("without a callback a warning goes to the logger", async () => {
    const lines: unknown[] = [];
    const log = (...line: unknown[]) => void lines.push(line);
    const logger: BusLogger = { info: log, warn: log, error: log, debug: log, flush: () => {} };
    const client = createBusClient({ isDev: true, baseUrl: api.url, logger });
    // @ts-expect-error the name is not one of the bus's
    await client.send({ name: "billing/paid", data: {} });
    expect(lines).toEqual([[expect.stringContaining("billing/paid is not an event of this bus")]]);
  });
});

describe("the journal", () => {
  test("has each event under the id it is sent with, before it leaves", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bus-client-"));
    const journalled: string[] = [];
    const sentEvents = createSentEvents({
      folder,
      engineUrl: api.url,
      nowMs: () => 0,
      createId: () => "made",
      onFault: (message) => journalled.push(message),
    });
    try {
      const seen: unknown[] = [];
      const fetchAfterLook: typeof fetch = Object.assign(
        async (...call: Parameters<typeof fetch>) => {
          seen.push((await loadJournal(folder)).entries);
          return fetch(...call);
        },
        { preconnect: fetch.preconnect },
      );
      const client = connect({ sentEvents, fetch: fetchAfterLook });
      await client.send({ name: "pipeline/video.download", data: { url } });
      expect(seen).toMatchObject([[{ event: { id: "made", data: { url } }, internalIds: [] }]]);
      expect(api.requests[0]?.events).toMatchObject([{ id: "made" }]);
      const { entries } = await loadJournal(folder);
      expect(entries).toMatchObject([{ internalIds: ["id-0"], isRefused: false }]);
      // @ts-expect-error data is missing
      expect(await errorOf(client.send({ name: "system/log" }))).toBeInstanceOf(EventError);
      expect((await loadJournal(folder)).entries).toHaveLength(1);
      expect(journalled).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the client's surroundings", () => {
  test("the event key goes into the address", async () => {
    const keys = { isDev: false, eventKey: "event-key", signingKey: "ab".repeat(32) };
    await connect(keys).send({ name: "pipeline/video.download", data: { url } });
    expect(api.requests[0]?.path).toBe("/e/event-key");
  });

  test.each([
    [{ isDev: false }, "an event key (INNGEST_EVENT_KEY) and a signing key"],
    [{ isDev: false, eventKey: "k" }, "a signing key (INNGEST_SIGNING_KEY)"],
    [{ isDev: false, signingKey: "ab" }, "an event key (INNGEST_EVENT_KEY)"],
    [{ baseUrl: "127.0.0.1:8288" }, "baseUrl must be the engine's http or https address"],
    [{ baseUrl: "" }, "baseUrl must be the engine's http or https address"],
  ])("%p is refused with its cure", (options, message) => {
    expect(() => connect(options)).toThrow(message);
    expect(() => connect(options)).toThrow(EventError);
  });

  test("mode and address are said outright, whatever the environment says", () => {
    const { INNGEST_DEV, INNGEST_BASE_URL } = process.env;
    process.env["INNGEST_DEV"] = "0";
    process.env["INNGEST_BASE_URL"] = "http://elsewhere.example";
    try {
      const client = connect();
      expect(client.mode).toBe("dev");
      expect(client.apiBaseUrl).toBe(api.url);
      expect(client.eventBaseUrl).toBe(api.url);
      expect(client.id).toBe("system-bus");
    } finally {
      restore("INNGEST_DEV", INNGEST_DEV);
      restore("INNGEST_BASE_URL", INNGEST_BASE_URL);
    }
  });
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

// Never called: the compiler is the test. Each line under a directive must not compile.
export function malformedSendsDoNotCompile(client: ReturnType<typeof connect>): void {
  void client.send({ name: "pipeline/video.download", data: { url } });
  void client.send([{ name: "system/log", data: { action: "a", tool: "b", detail: "c" }, ts: 1 }]);

  // @ts-expect-error a required field is missing
  void client.send({ name: "pipeline/video.download", data: {} });
  // @ts-expect-error data is missing
  void client.send({ name: "pipeline/video.download" });
  // @ts-expect-error a field has the wrong type
  void client.send({ name: "pipeline/video.download", data: { url: 17 } });
  // @ts-expect-error a field is mistyped
  void client.send({ name: "pipeline/video.download", data: { url, tgas: ["a"] } });
  // @ts-expect-error the name is mistyped
  void client.send({ name: "pipeline/video.downlaod", data: { url } });
  // @ts-expect-error the data belongs to another event
  void client.send({ name: "system/log", data: { url } });
  // @ts-expect-error one of a batch is malformed
  void client.send([{ name: "pipeline/video.download", data: { url } }, { name: "system/log" }]);
  // @ts-expect-error a field of create() is mistyped
  busEvents["pipeline/video.download"].create({ url, tgas: ["a"] });
  // @ts-expect-error a logger without flush would cost every request a timer
  createBusClient({ isDev: true, baseUrl: api.url, logger: console });
}
