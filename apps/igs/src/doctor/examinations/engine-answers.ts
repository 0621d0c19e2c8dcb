import { nameEngine } from "../../status/name-engine.ts";
import { findProblems, type StatusFindings } from "../../status/status-report.ts";
import { createExamination } from "../examination.ts";
import { fault, wellUnless } from "../verdict.ts";

export const engineAnswers = createExamination<StatusFindings>({
  id: "engine",
  title: "an engine answers",
  look: ({ status }) => status(),
  decide(findings) {
    return wellUnless(
      findProblems(findings)
        .filter(({ part }) => part === "engine")
        .map(({ problem, fix }) =>
          fault({
            problem,
            why: "events are taken by nobody, and no run goes on",
            cure: findings.engine.kind === "other" ? "igs doctor ports" : "igs start",
            hint: fix,
          }),
        ),
      `${nameEngine(findings.engine)} at ${findings.engineUrl}`,
    );
  },
});
