// What `run-checks-main.ts` is told, in a file: it holds no secret.

import { z } from "zod";

const OrderedCommandSchema = z.object({
  command: z.array(z.string()).min(1),
  /** Beyond what the program itself was given. */
  env: z.record(z.string(), z.string()),
  /** Relative to scratch. */
  outputFile: z.string(),
  /** A report that it writes, absolute. Removed before it starts: none of an earlier run is read. */
  reportPath: z.string().nullable(),
});
export type OrderedCommand = z.infer<typeof OrderedCommandSchema>;

export const ChecksOrderSchema = z.object({
  /** Where the commands run. */
  folder: z.string(),
  scratch: z.string(),
  commandTimeMaxMs: z.number().positive(),
  /** Whether a command that doesn't end makes the rest pointless. */
  stopsAtTimeLimit: z.boolean(),
  outputMaxBytes: z.number().positive(),
  commands: z.array(OrderedCommandSchema),
});
export type ChecksOrder = z.infer<typeof ChecksOrderSchema>;
