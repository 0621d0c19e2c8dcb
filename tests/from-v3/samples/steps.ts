import { eventType, referenceFunction } from "inngest";
import { z } from "zod";
import { inngest } from "./client.ts";

const approved = eventType("steps/approved", { schema: z.object({ userId: z.string() }) });
const squareAsked = eventType("steps/square", { schema: z.object({ number: z.number() }) });

export const computeSquare = inngest.createFunction(
  { id: "compute-square", triggers: [squareAsked] },
  async ({ event }) => event.data.number ** 2,
);

export const allSteps = inngest.createFunction(
  { id: "all-steps", triggers: [{ event: "steps/start" }] },
  async ({ event, step }) => {
    // #sample run
    const fetched = await step.run("fetch-data", async () => ({ userId: "u1", at: new Date(0) }));
    // What comes back is what JSON makes of it: `at` is a string now, for the compiler, too.
    const year = fetched.at.slice(0, 4);
    // #end

    // #sample sleep
    await step.sleep("wait-a-second", "1s"); // one unit: "1m30s" is taken and means nothing
    await step.sleepUntil("wait-until", new Date(event.data.remindAt));
    // #end

    // #sample send-event
    await step.sendEvent("notify-users", approved.create({ userId: fetched.userId }));
    // #end

    // #sample invoke
    const square = await step.invoke("compute-square", {
      function: computeSquare,
      data: { number: 4 },
    });
    // #end

    // #sample reference
    const ref = referenceFunction<typeof computeSquare>({ functionId: "compute-square" });
    const other = await step.invoke("call-other", { function: ref, data: { number: 5 } });
    // #end

    // #sample parallel
    const [email, update] = await Promise.all([
      step.run("send-email", async () => "sent"),
      step.run("update-db", async () => 1),
    ]);
    // #end

    // #sample loop
    for (const item of ["a", "b"]) {
      await step.run("process-item", async () => item.toUpperCase());
    }
    // #end

    // #sample fan-out
    const items = [{ sku: "one" }, { sku: "two" }];
    await step.sendEvent(
      "fan-out",
      items.map((item) => ({ name: "steps/item.process", data: item })),
    );
    // #end
    return { year, square, other, email, update };
  },
);

export const waiting = inngest.createFunction(
  { id: "waiting", triggers: [{ event: "steps/wait" }] },
  async ({ step }) => {
    // #sample wait-for-event
    const completion = await step.waitForEvent("wait-for-completion", {
      event: approved, // typed, by its schema
      timeout: "3d",
      if: "event.data.userId == async.data.userId",
    });
    if (completion === null) return "nobody approved";
    // #end

    // #sample wait-for-signal
    const signal = await step.waitForSignal<{ by: string }>("wait-for-approval", {
      signal: "task/unique-signal-id",
      timeout: "3d",
      onConflict: "fail", // has to be said: what becomes of two runs that wait for one signal
    });
    // #end
    return `${completion.data.userId} approved, ${signal?.data.by} signalled`;
  },
);
