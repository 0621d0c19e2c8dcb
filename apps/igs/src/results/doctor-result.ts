import { z } from "zod";

const said = z.array(z.object({ id: z.string(), said: z.string() }));

export const doctorResult = z.object({
  findings: z
    .array(
      z.object({
        id: z.string().describe("The examination's: `igs doctor <id>`"),
        severity: z.enum(["fault", "warning"]),
        problem: z.string(),
        why: z.string(),
        cure: z.string().describe("A command, ready to be typed"),
        hint: z.string().optional(),
      }),
    )
    .describe("Faults before warnings"),
  unchecked: z.array(z.object({ id: z.string(), reason: z.string() })),
  well: said,
  unused: said.describe("Not in use here, so neither well nor wrong"),
});
