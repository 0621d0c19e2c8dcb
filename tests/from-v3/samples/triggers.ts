import { cron, eventType } from "inngest";
import { z } from "zod";
import { inngest } from "./client.ts";

const stepTwoEvent = eventType("pipeline/step-two", {
  schema: z.object({ result: z.string() }),
});

// #sample chain
export const stepOne = inngest.createFunction(
  { id: "step-one", triggers: [{ event: "pipeline/step-one" }] },
  async ({ event, step }) => {
    await step.sendEvent("chain", stepTwoEvent.create({ result: String(event.data.name) }));
  },
);

export const stepTwo = inngest.createFunction(
  { id: "step-two", triggers: [stepTwoEvent] },
  async ({ event }) => event.data.result, // a string: the schema says so
);
// #end

// #sample cron
export const heartbeat = inngest.createFunction(
  { id: "heartbeat", triggers: [cron("*/15 * * * *")] },
  async ({ step }) => {
    await step.run("check-health", async () => ({ ok: true }));
  },
);
// #end

// #sample system-logger
export const systemLogger = inngest.createFunction(
  {
    id: "system-logger",
    triggers: [
      { event: "pipeline/video.downloaded" },
      { event: "pipeline/transcript.processed" },
      { event: "content/summarized" },
      { event: "pipeline/book.downloaded" },
      { event: "system/log" },
    ],
  },
  async ({ event, step }) => step.run("append", () => `${event.name} ${event.id}`),
);
// #end

// #sample trigger-kinds
export const syncData = inngest.createFunction(
  {
    id: "sync-data",
    retries: 5,
    concurrency: 10,
    triggers: [
      { event: "app/sync.requested" },
      { event: "app/sync.urgent", if: "event.data.priority >= 4" },
      { cron: "TZ=Europe/Berlin 0 12 * * 5" },
    ],
  },
  async ({ event }) => {
    // The context has a logger as before; the types of 4.24 leave it out.
    inngest.logger.info(`started by ${event.name}`);
    return event.name;
  },
);
// #end
