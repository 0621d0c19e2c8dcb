// One schema for each event: types where it is sent, and a check where it is sent and received.

import { eventType } from "inngest";
import { z } from "zod";

const httpUrl = z.url({ protocol: /^https?$/ });

export const taskProcess = eventType("task/process", {
  schema: z.object({ url: httpUrl }),
});

export const taskCompleted = eventType("task/completed", {
  schema: z.object({
    url: httpUrl,
    result: z.object({
      file: z.string(),
      sizeBytes: z.int(),
      lineCount: z.int(),
      sha256: z.string(),
    }),
  }),
});
