import type { FoundDaemon } from "../../daemon/find-daemon.ts";
import { createExamination } from "../examination.ts";
import { fault, type Trouble, type Verdict, warning, wellUnless } from "../verdict.ts";

/** Started again so often since it was loaded, it ends by itself again and again. */
const RESTARTS_MANY = 5;

export const daemon = createExamination<FoundDaemon>({
  id: "daemon",
  title: "the daemon that is installed runs, and goes on running",
  look: (scene) => scene.daemon(),
  decide(found): Verdict {
    if (found.kind === "none") {
      return { kind: "unused", said: "none is installed: `igs daemon install` is how" };
    }
    if (found.state === "unknown") {
      return {
        kind: "unchecked",
        reason: found.problem?.message ?? "its service manager is silent",
      };
    }
    return wellUnless(judge(found), `${found.name}, pid ${found.pid}`);
  },
});

function judge(found: FoundDaemon): readonly Trouble[] {
  const { name, state, unitPath, lastExit, restartCount } = found;
  const why = "nothing starts engine and worker again, after a crash or a reboot";
  if (unitPath === null) {
    const problem = `The daemon ${name} is loaded, and the file of its unit is gone.`;
    return [
      fault({ problem, why: "after the next boot it is not there", cure: "igs daemon install" }),
    ];
  }
  const ended = lastExit === null ? "" : `: it ${lastExit}`;
  switch (state) {
    case "absent":
      return [
        fault({
          problem: `The daemon ${name} is installed, but not loaded.`,
          why,
          cure: "igs daemon restart",
        }),
      ];
    case "stopped":
      return [
        fault({
          problem: `The daemon ${name} does not run${ended}.`,
          why,
          cure: "igs daemon restart",
          hint: "`igs daemon logs` tells why it ended.",
        }),
      ];
    case "waiting":
      return [
        fault({
          problem: `The daemon ${name} has ended and is started again in a moment${ended}.`,
          why: "what ended it is still there",
          cure: "igs daemon logs",
        }),
      ];
    default:
      if (restartCount === null || restartCount < RESTARTS_MANY) return [];
      return [
        warning({
          problem: `The daemon ${name} was started again ${restartCount} times${ended}.`,
          why: "what ends it costs each run that is under way a while",
          cure: "igs daemon logs",
        }),
      ];
  }
}
