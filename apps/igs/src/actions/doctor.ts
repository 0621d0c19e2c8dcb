import { createAction } from "../action.ts";
import type { ConnectionFlags } from "../connect.ts";
import type { Examination } from "../doctor/examination.ts";
import { examinations } from "../doctor/examinations.ts";
import { examine, type Report } from "../doctor/examine.ts";
import { renderReport } from "../doctor/render-report.ts";
import { createScene } from "../doctor/scene.ts";
import type { NextAction } from "../output/envelope.ts";
import { CliError, type Failure } from "../output/failure.ts";

export interface DoctorFlags extends ConnectionFlags {
  readonly quick?: boolean;
  readonly verbose?: boolean;
}

/** Longer than any program or machine that is asked may take: those have bounds of their own. */
const EXAMINATION_MAX_MS = 12_000;

export const doctor = createAction<DoctorFlags, [string?]>(
  "doctor",
  async ({ io, context }, flags, id) => {
    const chosen = choose(id);
    io.status(`Looking at ${chosen.length === 1 ? "1 thing" : `${chosen.length} things`} …`);
    const scene = await createScene(context, flags);
    const report = await examine(chosen, scene, {
      timeMaxMs: EXAMINATION_MAX_MS,
      isQuick: flags.quick === true,
    });
    const failure = judge(report);
    return {
      result: report,
      text: renderReport(report, flags.verbose === true || id !== undefined, io.paint),
      nextActions: findCures(report),
      ...(failure ? { failure, isFailureInText: true } : {}),
    };
  },
);

function choose(id: string | undefined): readonly Examination[] {
  if (id === undefined) return examinations;
  const chosen = examinations.filter((examination) => examination.id === id);
  if (chosen.length > 0) return chosen;
  throw new CliError({
    code: "usage",
    message: `The doctor knows no "${id}".`,
    fix: `One of: ${examinations.map((examination) => examination.id).join(", ")}.`,
  });
}

/** Each command once: one start mends an engine and a worker. */
function findCures({ findings }: Report): readonly NextAction[] {
  const byCure = Map.groupBy(findings, ({ cure }) => cure);
  return [...byCure].map(([command, group]) => ({
    command,
    description: group.map(({ problem }) => problem).join(" "),
  }));
}

/** Warnings are told, and are no failure. */
function judge({ findings }: Report): Failure | null {
  const faults = findings.filter(({ severity }) => severity === "fault");
  const [worst] = faults;
  if (worst === undefined) return null;
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  return {
    code: "unhealthy",
    message: `${count}: ${worst.problem}`,
    fix: `Run \`${worst.cure}\`.${worst.hint === undefined ? "" : ` ${worst.hint}`}`,
  };
}
