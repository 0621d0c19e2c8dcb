// The SDK's React hook, in React itself, against a started engine over real sockets.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { useRealtime } from "inngest/react";
import { channel, getSubscriptionToken } from "inngest/realtime";
import { createElement } from "react";
import { create, type ReactTestRenderer } from "react-test-renderer";
import { z } from "zod";
import { Inbox, type StartedEngine, startEngineWithApp } from "./started-engine.ts";

const chat = channel({
  name: "chat:red",
  topics: { messages: { schema: z.object({ text: z.string() }) } },
});

type HookOptions = Parameters<typeof useRealtime>[0];

interface Seen {
  readonly connectionStatus: string;
  readonly runStatus: string;
  readonly result: unknown;
  readonly texts: readonly unknown[];
}

let engine: StartedEngine;
let page: ReactTestRenderer | null = null;
let seen: Inbox<Seen>;
beforeEach(() => {
  seen = new Inbox();
});
afterEach(async () => {
  page?.unmount();
  page = null;
  await engine.stop();
});

/** A page that shows nothing, and notes what its hook gives it. */
function Page({ options }: { readonly options: HookOptions }) {
  const { connectionStatus, runStatus, result, messages } = useRealtime(options);
  seen.put({ connectionStatus, runStatus, result, texts: messages.all.map(({ data }) => data) });
  return null;
}

function show(options: HookOptions): void {
  page = create(createElement(Page, { options }));
}

const isOpen = (all: readonly Seen[]) => all.at(-1)?.connectionStatus === "open";

describe("useRealtime", () => {
  test("shows what is published, and asks its server for a token of its own", async () => {
    engine = await startEngineWithApp({ signingKey: "0123456789abcdef0123456789abcdef" });
    show({
      channel: chat,
      topics: ["messages"],
      apiBaseUrl: engine.url,
      // What the application's server does for its page.
      token: () => getSubscriptionToken(engine.inngest, { channel: chat, topics: ["messages"] }),
    });
    await seen.waitFor(isOpen);
    await engine.inngest.realtime.publish(chat.messages, { text: "one" });
    await engine.inngest.realtime.publish(chat.messages, { text: "two" });
    await seen.waitFor((all) => all.at(-1)?.texts.length === 2);
    expect(seen.messages.at(-1)?.texts).toEqual([{ text: "one" }, { text: "two" }]);
  });

  test("connects again, with a new token, after the engine was restarted", async () => {
    engine = await startEngineWithApp({});
    const { port } = engine;
    show({
      channel: chat,
      topics: ["messages"],
      apiBaseUrl: engine.url,
      reconnectMinMs: 1,
      token: () => getSubscriptionToken(engine.inngest, { channel: chat, topics: ["messages"] }),
    });
    await seen.waitFor(isOpen);
    await engine.stop();
    await seen.waitFor((all) => !isOpen(all));
    engine = await startEngineWithApp({ port });
    await seen.waitFor(isOpen);
    await engine.inngest.realtime.publish(chat.messages, { text: "again" });
    await seen.waitFor((all) => all.at(-1)?.texts.length === 1);
  });

  test("on a run's own channel shows its state and its result", async () => {
    const gate = Promise.withResolvers<void>();
    const started = Promise.withResolvers<string>();
    engine = await startEngineWithApp({
      functions: (inngest) => [
        inngest.createFunction(
          { id: "greet", triggers: [{ event: "greet" }] },
          async ({ runId, step }) => {
            started.resolve(runId);
            await step.run("wait", () => gate.promise);
            return { greeting: "hello" };
          },
        ),
      ],
    });
    await engine.inngest.send({ name: "greet" });
    const about = { channel: await started.promise, topics: ["$run"] };
    show({
      ...about,
      apiBaseUrl: engine.url,
      token: () => getSubscriptionToken(engine.inngest, about),
    });
    await seen.waitFor(isOpen);
    gate.resolve();
    await seen.waitFor((all) => all.at(-1)?.result !== undefined);
    expect(seen.messages.at(-1)).toMatchObject({
      runStatus: "completed",
      result: { greeting: "hello" },
    });
  });
});
