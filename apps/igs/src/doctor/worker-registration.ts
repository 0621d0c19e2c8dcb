import { z } from "zod";

/** `GET /examine/registration` of the worker: its own state, and what the engine has of it right now. */
export const WorkerRegistrationSchema = z.object({
  state: z.discriminatedUnion("kind", [
    z.object({ kind: z.enum(["starting", "registered"]) }),
    z.object({ kind: z.enum(["engine-down", "refused"]), problem: z.string() }),
  ]),
  check: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("as-coded") }),
    z.object({ kind: z.literal("drifted"), reason: z.string() }),
    z.object({ kind: z.literal("engine-down"), problem: z.string() }),
  ]),
});

export type WorkerRegistration = z.output<typeof WorkerRegistrationSchema>;

/** Whether an engine's refusal is about the key: the SDK hands its words on. */
export function isAboutKeys(refusal: string): boolean {
  return /\b40[13]\b|signing|signature|unauthori[sz]ed|authenticat/i.test(refusal);
}
