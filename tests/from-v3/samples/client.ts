// #sample client
import { eventType, Inngest } from "inngest";
import { z } from "zod";

export const taskProcess = eventType("task/process", {
  schema: z.object({ url: z.url(), outputPath: z.string() }),
});
export const taskCompleted = eventType("task/completed", {
  schema: z.object({ url: z.url(), result: z.string() }),
});

export const inngest = new Inngest({
  id: "my-worker",
  isDev: process.env.INNGEST_DEV === "1",
  baseUrl: process.env.INNGEST_BASE_URL ?? "http://localhost:8288",
});
// #end
