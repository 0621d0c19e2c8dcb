// External programs that outlive a request: see packages/programs.

import { eventType } from "inngest";
import { z } from "zod";
import { describeEvent } from "./catalogue-entry.ts";
import { line, runId } from "./fields.ts";

export const programFinished = eventType("program/finished", {
  schema: z.object({
    key: line(300).describe("The program's key, made of run, step and attempt"),
    runId: runId.describe("The run that waits for it"),
    stepId: line(200).describe("The step that started it"),
    attempt: z.int().nonnegative().describe("Which try of the program this was"),
    endedBy: z
      .enum(["exit", "signal", "wall-limit", "stopped", "lost"])
      .describe("How it ended; lost: nobody saw its end, as after a reboot"),
    exitCode: z.int().nullable().describe("Its exit code; null when it did not exit by itself"),
  }),
});

export const programEntries = [
  describeEvent(programFinished, {
    area: "program",
    sentence: "An external program has ended; sent again until its run has collected it.",
    example: {
      key: "01K3ZJ4T1Q8X5V7N2M6B9C0D3E.transcribe.1",
      runId: "01K3ZJ4T1Q8X5V7N2M6B9C0D3E",
      stepId: "transcribe",
      attempt: 1,
      endedBy: "exit",
      exitCode: 0,
    },
    sentBy: "the program's supervisor; after its death, the worker",
    startsFunctions: [],
  }),
] as const;
