// Findings in words: one paragraph, the answer first.

import { plainText } from "../output/plain-text.ts";
import type { Finding } from "./finding.ts";
import { sayEventFinding } from "./say-event.ts";
import { sayRunFinding } from "./say-run.ts";

export function renderFindings(findings: readonly Finding[], nowMs: number): string {
  const sentences = findings.map((finding, index) => {
    if (!("runId" in finding)) return sayEventFinding(finding, nowMs);
    const before = findings[index - 1];
    const isSame = before !== undefined && "runId" in before && before.runId === finding.runId;
    const subject = isSame ? "It" : `${finding.functionId} (run ${finding.runId})`;
    return sayRunFinding(finding, { subject, nowMs });
  });
  // Errors and conditions are other people's text.
  return plainText(sentences.join(" ")).replaceAll("\n", " ");
}
