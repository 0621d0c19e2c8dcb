import { z } from "zod";

const event = z.object({
  name: z.string(),
  sentence: z.string().describe("What it means"),
  sentBy: z.string(),
  startsFunctions: z.array(z.string()),
  aliases: z.array(z.string()),
});

const schema = z.record(z.string(), z.unknown()).describe("JSON Schema");

export const schemaResult = z.union([
  z.object({ events: z.array(event) }).describe("Without a name"),
  event.extend({ example: z.record(z.string(), z.unknown()), schema }).describe("Of an event"),
  z.object({ command: z.string(), schema }).describe("With --command"),
]);
