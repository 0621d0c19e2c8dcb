import { createExamination } from "../examination.ts";
import { fault, wellUnless } from "../verdict.ts";
import { type AnswerFacts, lookAtAnswers } from "./engine-answers.ts";

export const workerAnswers = createExamination<AnswerFacts>({
  id: "worker",
  title: "a worker answers",
  look: lookAtAnswers,
  decide({ findings: { worker, workerOrigin }, start }) {
    const down = fault({
      problem: `No worker answers at ${workerOrigin}.`,
      why: "runs wait until one does",
      cure: start,
      hint: "Or `igs dev` while you work on it. If it was started and has ended, its last lines say why.",
    });
    return wellUnless(
      worker === null ? [down] : [],
      `${worker?.functionCount ?? 0} functions at ${workerOrigin}`,
    );
  },
});
