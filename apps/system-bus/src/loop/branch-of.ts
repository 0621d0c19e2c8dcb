/** The one ref that a loop ever makes in the person's repository. */
export function branchOf(loopId: string): string {
  return `agent-loop/${loopId}`;
}
