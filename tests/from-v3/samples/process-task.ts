// #sample function
import { mkdir } from "node:fs/promises";
import { inngest, taskCompleted, taskProcess } from "./client.ts";

const downloads = process.env.DOWNLOADS ?? "downloads";

export const processTask = inngest.createFunction(
  {
    id: "process-task",
    triggers: [taskProcess],
    concurrency: { limit: 1 }, // one at a time
    retries: 3,
  },
  async ({ event, step }) => {
    // Step 1: download; tried again by itself when it fails
    const localPath = await step.run("download", async () => {
      const response = await fetch(event.data.url);
      const path = `${downloads}/${crypto.randomUUID()}.bin`;
      await mkdir(downloads, { recursive: true });
      await Bun.write(path, response);
      return path; // the path only: a claim check
    });

    // Step 2: process; if this fails, the download doesn't run again
    const result = await step.run("process", async () => {
      const data = await Bun.file(localPath).text();
      return { processed: true, size: data.length };
    });

    // Step 3: the completion event, which other functions may wait for
    await step.sendEvent(
      "notify-complete",
      taskCompleted.create({ url: event.data.url, result: JSON.stringify(result) }),
    );

    return { status: "done", result };
  },
);
// #end
