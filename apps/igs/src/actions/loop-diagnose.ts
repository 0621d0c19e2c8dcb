import { createAction } from "../action.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import { describeWait } from "../loop/describe-wait.ts";
import { type Fault, findFaults, type LoopFindings } from "../loop/find-faults.ts";
import { findNamed } from "../loop/find-loop.ts";
import { lookAtLoop } from "../loop/look-at-loop.ts";
import { listLoopFolders } from "../loop/loop-folders.ts";
import { loopWord } from "../loop/loop-status-text.ts";
import type { Paint } from "../output/paint.ts";

export const loopDiagnose = createAction<ConnectionFlags, [string?]>(
  "loop diagnose",
  async ({ io, context }, flags, given) => {
    const nowMs = Date.now();
    const named = await findNamed(listLoopFolders(context), given, nowMs);
    const findings = await lookAtLoop(named, connect(context, flags), nowMs);
    const faults = findFaults(findings, nowMs);
    const { loop, activity, ...rest } = findings;
    const [worst] = faults;
    const { loopId } = named;
    return {
      result: {
        ...rest,
        status: loop === null ? null : loopWord(loop.state),
        runs: activity.runs?.map(({ id, function: fn, status }) => ({
          id,
          functionId: fn.id,
          status,
        })),
        programs: activity.programs,
        faults,
      },
      text: renderDiagnosis(findings, faults, { paint: io.paint, nowMs }),
      nextActions: [
        { command: `igs loop status ${loopId}`, description: "How far it is" },
        { command: `igs loop logs ${loopId}`, description: "What happened" },
      ],
      ...(worst
        ? {
            failure: {
              code: "unhealthy",
              message: `${faults.length === 1 ? "1 problem" : `${faults.length} problems`}: ${worst.problem}`,
              fix: worst.fix,
            },
            isFailureInText: true,
          }
        : {}),
    };
  },
);

export function renderDiagnosis(
  findings: LoopFindings,
  faults: readonly Fault[],
  { paint, nowMs }: { readonly paint: Paint; readonly nowMs: number },
): string {
  const { loop, activity, loopId, holder, branchHead, hasClone } = findings;
  const state = loop?.state ?? null;
  const lines = [
    `loop      ${loopId}  ${state === null ? "not begun, or not readable" : loopWord(state)}`,
    `bus       ${activity.runs === null ? "no engine answers" : `engine at ${findings.engineUrl}`}${activity.programs === null ? ", no worker answers" : ""}`,
    `runs      ${describeRuns(findings)}`,
    `programs  ${describePrograms(findings)}`,
    ...(state === null
      ? []
      : [
          `claim     ${holder === null ? "nobody holds the project" : `${holder} holds ${state.begun.project}`}`,
          `branch    ${branchHead === null ? "not there" : `${state.begun.branch} at ${branchHead.slice(0, 10)}`}`,
          `clone     ${hasClone ? "there" : "not there"}`,
        ]),
    "",
  ];
  if (faults.length > 0) {
    const told = faults.flatMap(({ problem, fix }) => [`${paint.bad("✗")} ${problem}`, `  ${fix}`]);
    return [...lines, ...told].join("\n");
  }
  const wait = loop === null ? "" : ` ${describeWait(loop, activity, nowMs).text}`;
  return [...lines, `${paint.good("Nothing is wrong.")}${wait}`].join("\n");
}

function describeRuns({ activity }: LoopFindings): string {
  if (activity.runs === null) return "not known";
  if (activity.runs.length === 0) return "none goes on";
  return activity.runs
    .map(({ id, function: fn, status }) => `${fn.id} ${status.toLowerCase()} (${id})`)
    .join(", ");
}

function describePrograms({ activity }: LoopFindings): string {
  if (activity.programs === null) return "not known";
  if (activity.programs.length === 0) return "none lives";
  return activity.programs.map(({ key, state }) => `${key} ${state}`).join(", ");
}
