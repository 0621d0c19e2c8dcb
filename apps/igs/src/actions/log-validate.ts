import { type LogValidation, systemLogPath, validateLog } from "@system-bus/system-log";
import { type CommonFlags, createAction } from "../action.ts";
import { loadSettings } from "../load-settings.ts";
import type { Paint } from "../output/paint.ts";
import { plainText } from "../output/plain-text.ts";

const PROBLEMS_SHOWN_MAX = 20;

export const logValidate = createAction<CommonFlags>("log validate", async ({ io, context }) => {
  const file = systemLogPath(loadSettings(context).vault);
  const found = validateLog(file);
  const result = { file, ...found };
  if (found.problemCount === 0) {
    return {
      result,
      text: io.paint.good(`Each of the ${found.entryCount} lines of ${file} is an entry.`),
      nextActions: [{ command: "igs log stats", description: "What is in them" }],
    };
  }
  const count =
    found.problemCount === 1 ? "1 line is no entry" : `${found.problemCount} lines are no entries`;
  return {
    result,
    text: renderProblems(found, io.paint),
    nextActions: [{ command: "igs log tail", description: "Entries are read past such lines" }],
    failure: {
      code: "unhealthy",
      message: `${count}, beside ${found.entryCount} that are.`,
      fix: `Correct or remove those lines of ${file} in an editor; whatever reads the log passes over them.`,
    },
  };
});

function renderProblems({ problems, problemCount }: LogValidation, paint: Paint): string {
  const shown = problems
    .slice(0, PROBLEMS_SHOWN_MAX)
    .map(({ line, reason }) => `${paint.bad("✗")} line ${line}  ${plainText(reason)}`);
  const more = problemCount - shown.length;
  return [...shown, ...(more > 0 ? [paint.faint(`and ${more} more`)] : [])].join("\n");
}
