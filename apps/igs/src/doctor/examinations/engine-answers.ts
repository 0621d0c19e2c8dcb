import { nameEngine } from "../../status/name-engine.ts";
import { findProblems, type StatusFindings } from "../../status/status-report.ts";
import { createExamination } from "../examination.ts";
import type { DoctorScene } from "../scene.ts";
import { fault, wellUnless } from "../verdict.ts";

export interface AnswerFacts {
  readonly findings: StatusFindings;
  /** What starts the bus here: a daemon that is installed, or a person. */
  readonly start: "igs daemon restart" | "igs start";
}

const DAEMON_MAX_MS = 2_000;

export async function lookAtAnswers(scene: DoctorScene): Promise<AnswerFacts> {
  const [start, findings] = await Promise.all([findStart(scene), scene.status()]);
  return { findings, start };
}

/** A service manager that hangs must not keep an engine that is down from being told. */
async function findStart(scene: DoctorScene): Promise<AnswerFacts["start"]> {
  const tooLong = Promise.withResolvers<null>();
  const timer = setTimeout(() => tooLong.resolve(null), DAEMON_MAX_MS);
  const found = await Promise.race([scene.daemon(), tooLong.promise]);
  clearTimeout(timer);
  return found === null || found.kind === "none" ? "igs start" : "igs daemon restart";
}

export const engineAnswers = createExamination<AnswerFacts>({
  id: "engine",
  title: "an engine answers",
  look: lookAtAnswers,
  decide({ findings, start }) {
    return wellUnless(
      findProblems(findings)
        .filter(({ part }) => part === "engine")
        .map(({ problem, fix }) =>
          fault({
            problem,
            why: "events are taken by nobody, and no run goes on",
            cure: findings.engine.kind === "other" ? "igs doctor ports" : start,
            hint: fix,
          }),
        ),
      `${nameEngine(findings.engine)} at ${findings.engineUrl}`,
    );
  },
});
