import { z } from "zod";

const lostEvent = z.object({
  name: z.string(),
  id: z.string(),
  sentAt: z.string().describe("ISO 8601"),
  why: z.enum(["no-event", "no-run"]).describe("What the engine doesn't have of it"),
});

export const recoverResult = z.object({
  folder: z.string().describe("Of the journal of what was sent"),
  checkedCount: z.number().describe("Events that went to this engine"),
  otherEngineCount: z.number(),
  unreadCount: z.number().describe("Lines of the journal that can't be read"),
  lost: z.array(lostEvent),
  warnings: z.array(z.string()),
  sentCount: z.number().describe("How many were sent again"),
  eventIds: z.array(z.string()),
});
