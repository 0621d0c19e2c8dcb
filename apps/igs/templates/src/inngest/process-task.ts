import { inngest } from "./client.ts";
import { taskCompleted, taskProcess } from "./events.ts";
import { downloadFile, examineFile } from "./files.ts";

/** `task/process` in, `task/completed` out. */
export const processTask = inngest.createFunction(
  {
    id: "process-task",
    triggers: [taskProcess],
    // One run at a time: for work that wants the whole machine, such as a GPU.
    concurrency: { limit: 1 },
    // Of each step by itself: a failure in "process" does not download again.
    retries: 3,
  },
  async ({ event, runId, step }) => {
    const { url } = event.data;
    // What a step returns is kept by the engine and has to stay small: the file's name, not its content.
    const file = await step.run("download", () => downloadFile(url, runId));
    const { sizeBytes, lineCount, sha256 } = await step.run("process", () => examineFile(file));
    const result = { file, sizeBytes, lineCount, sha256 };
    await step.sendEvent(
      "notify-complete",
      // With an id a repeated step starts nothing twice.
      taskCompleted.create({ url, result }, { id: `task-completed-${runId}` }),
    );
    return { status: "done", result };
  },
);
