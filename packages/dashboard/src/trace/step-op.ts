/** How a kind of step is called beside its name; an ordinary `step.run` needs no word. */
export function opWord(op: string): string {
  return op === "RUN" || op === "" ? "" : op.toLowerCase().replaceAll("_", " ");
}

/** Whether a step of this kind only waits, and nothing works meanwhile. */
export function isWaitOp(op: string): boolean {
  return op === "SLEEP" || op.startsWith("WAIT_FOR_") || op === "INVOKE";
}
