import { z } from "zod";

export const eventsResult = z.object({
  events: z
    .array(
      z.object({
        internalId: z.string().describe("The engine's; every command that takes an event means it"),
        id: z.string().describe("The sender's own; the same where none was given"),
        name: z.string(),
        data: z.record(z.string(), z.unknown()),
        user: z.record(z.string(), z.unknown()).optional(),
        v: z.string().optional(),
        ts: z.number().describe("Milliseconds since 1970"),
        receivedAt: z.string().describe("ISO 8601"),
      }),
    )
    .describe("Newest first"),
});
