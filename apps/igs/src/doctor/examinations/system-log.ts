import { findProblems, type StatusFindings } from "../../status/status-report.ts";
import { createExamination } from "../examination.ts";
import { shellWord } from "../shell-word.ts";
import { fault, type Verdict, warning, wellUnless } from "../verdict.ts";

export const systemLog = createExamination<StatusFindings>({
  id: "log",
  title: "the system log can be read, and grows with what happens",
  look: ({ status }) => status(),
  decide(findings): Verdict {
    const { log, worker, vault } = findings;
    if (vault.state === "missing") return { kind: "unchecked", reason: "its vault is not there" };
    // The worker knows which milestones wait for their line.
    const stale = (worker?.problems ?? []).filter((problem) => problem.includes(" is stale: "));
    const why = "what happened can't be looked up";
    return wellUnless(
      [
        ...stale.map((problem) =>
          fault({ problem: `${problem}.`, why, cure: "igs runs --function system-logger" }),
        ),
        ...findProblems(findings)
          .filter(({ part }) => part === "log")
          .map(({ problem, fix }) =>
            log.problem === null
              ? warning({ problem, why, cure: "igs runs --function system-logger", hint: fix })
              : fault({ problem, why, cure: `ls -l ${shellWord(log.file)}`, hint: fix }),
          ),
      ],
      log.lastAt === null ? `${log.file}, no entry yet` : `${log.file}, last entry ${log.lastAt}`,
    );
  },
});
