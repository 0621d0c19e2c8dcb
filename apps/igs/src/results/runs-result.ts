import { z } from "zod";
import { runShape } from "./run-shape.ts";

export const runsResult = z.object({
  runs: z.array(runShape).describe("Newest first"),
  cursor: z.string().optional().describe("For --cursor, where there are older ones"),
});
