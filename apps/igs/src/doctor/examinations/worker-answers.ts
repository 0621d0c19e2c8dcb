import type { StatusFindings } from "../../status/status-report.ts";
import { createExamination } from "../examination.ts";
import { fault, wellUnless } from "../verdict.ts";

export const workerAnswers = createExamination<StatusFindings>({
  id: "worker",
  title: "a worker answers",
  look: ({ status }) => status(),
  decide({ worker, workerOrigin }) {
    const down = fault({
      problem: `No worker answers at ${workerOrigin}.`,
      why: "runs wait until one does",
      cure: "igs start",
      hint: "Or `igs dev` while you work on it. If it was started and has ended, its last lines say why.",
    });
    return wellUnless(
      worker === null ? [down] : [],
      `${worker?.functionCount ?? 0} functions at ${workerOrigin}`,
    );
  },
});
