// What coding loops may do and with what: read by `igs loop` and by the worker.

import { z } from "zod";
import { absolutePath } from "./value-schemas.ts";

export const loopTools = ["codex", "claude", "pi"] as const;
export type LoopTool = (typeof loopTools)[number];

export interface LoopSettings {
  /** Loops work in repositories that lie in one of these, links resolved, and nowhere else. */
  readonly projects: readonly string[];
  /** A table of prices instead of the one that comes with the bus. */
  readonly pricesFile: string | undefined;
  /** Best first; those that this machine lacks are passed over. */
  readonly tools: readonly LoopTool[];
  /** How many agents of loops may run at once, all loops together. */
  readonly agentsMax: number;
}

/** Reads LOOP_PROJECTS: absolute folders with colons between, none twice. */
export const projectFolders = z.string().transform((value, context): readonly string[] => {
  const folders: string[] = [];
  for (const part of value.split(":").map((text) => text.trim())) {
    if (part === "") continue;
    const folder = absolutePath.safeParse(part);
    if (folder.success) folders.push(folder.data);
    else context.addIssue({ code: "custom", message: `“${part}” ${firstProblem(folder.error)}` });
  }
  return [...new Set(folders)];
});

function firstProblem(error: z.ZodError): string {
  return error.issues[0]?.message ?? "is no folder";
}

/** Reads LOOP_TOOLS: names with commas between, best first, none twice. */
export const toolOrder = z.string().transform((value, context): readonly LoopTool[] => {
  const words = value
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  const order = loopTools.filter((tool) => words.includes(tool));
  if (words.length > 0 && order.length === words.length) {
    return order.toSorted((a, b) => words.indexOf(a) - words.indexOf(b));
  }
  const unknown = words.filter((word) => !order.some((tool) => tool === word));
  const fault =
    unknown.length > 0 ? `does not know ${unknown.join(", ")}` : "names none, or one twice";
  context.addIssue({
    code: "custom",
    message: `${fault}; give some of: ${loopTools.join(",")}, best first`,
  });
  return z.NEVER;
});

const AGENTS_MAX_LIMIT = 16;

/** Reads LOOP_AGENTS_MAX. */
export const agentCount = z
  .string()
  .regex(/^\d{1,2}$/, `must be a whole number from 1 to ${AGENTS_MAX_LIMIT}`)
  .transform(Number)
  .refine(
    (count) => count >= 1 && count <= AGENTS_MAX_LIMIT,
    `must be a whole number from 1 to ${AGENTS_MAX_LIMIT}`,
  );
