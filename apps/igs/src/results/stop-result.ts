import { z } from "zod";

export const stopResult = z.object({
  stopped: z
    .array(z.object({ mode: z.enum(["dev", "start"]), pid: z.number() }))
    .describe("Empty where none ran"),
});
