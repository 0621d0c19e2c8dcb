// A sentence for each kind of finding about a run.

import { formatDuration } from "../output/format-time.ts";
import type { RunFinding } from "./finding.ts";
import { ago, clause, counted, inTime, listRuns, perKey, since, times } from "./words.ts";

type Kind = RunFinding["kind"];
type Of<K extends Kind> = Extract<RunFinding, { readonly kind: K }>;

/** How the run is called in this sentence, and when it is said. */
interface Speech {
  readonly subject: string;
  readonly nowMs: number;
}

const SENTENCES: { readonly [K in Kind]: (finding: Of<K>, speech: Speech) => string } = {
  "waits-for-event": (finding, { subject, nowMs }) => {
    const { step, event, condition } = finding;
    const which = condition === null ? "" : ` for which \`${condition}\` holds`;
    return `${subject} waits in step ${step} for the event ${event}${which}${times(finding, nowMs)}.`;
  },
  "waits-for-signal": (finding, { subject, nowMs }) =>
    `${subject} waits in step ${finding.step} for ${finding.signal === null ? "a signal" : `the signal ${finding.signal}`}${times(finding, nowMs)}.`,
  sleeps: (finding, { subject, nowMs }) =>
    `${subject} sleeps in step ${finding.step}${times(finding, nowMs)}.`,
  "runs-program": ({ programKey, step, since: begun, doing }, { subject, nowMs }) =>
    `${subject} waits for its program ${programKey}, which step ${step} has started and which has run${since(begun, nowMs)}: ${clause(doing)}.`,
  "waits-for-slot": ({ slot, step, aheadCount }, { subject }) =>
    `${subject} waits for the ${slot} slot, which its program of step ${step} needs: ${counted(aheadCount, "program")} ahead of it.`,
  "collects-program": ({ programKey, step }, { subject }) =>
    `${subject} is about to collect its program ${programKey} of step ${step}, which has ended: the event that says so is sent until it has arrived.`,
  "waits-for-run": ({ step, invokedFunction, invokedRunId, since: begun }, { subject, nowMs }) => {
    const run = invokedRunId === null ? "" : ` (run ${invokedRunId})`;
    return `${subject} waits in step ${step} for ${invokedFunction ?? "another function"}${run}, which it has invoked${ago(begun, nowMs)}.`;
  },
  retries: ({ step, attempt, attemptsMax, at, error }, { subject, nowMs }) => {
    const what = step === null ? "" : ` step ${step}`;
    const of = attemptsMax === null ? "" : ` of ${attemptsMax}`;
    const reason = error === null ? "a failure" : clause(error);
    const when = at === null ? "" : ` ${inTime(at, nowMs)}`;
    return `${subject} tries${what} again${when}, attempt ${attempt}${of}, after ${reason}.`;
  },
  works: ({ step, since: begun }, { subject, nowMs }) =>
    `${subject} is at work${step === null ? "" : ` in step ${step}`}${since(begun, nowMs)}.`,
  scheduled: ({ at }, { subject, nowMs }) =>
    `${subject} is to start at ${at} (${inTime(at, nowMs)}), as its event says.`,
  "worker-down": ({ address }) =>
    `Nothing answers where its worker should be, at ${address}: what is due waits until it does; \`igs start\` starts it.`,
  "function-paused": ({ functionId, since: pausedAt }, { subject }) =>
    `${subject} is held: ${functionId} is paused since ${pausedAt}; \`igs functions resume ${functionId}\` lets it go on.`,
  "function-gone": ({ functionId }, { subject }) =>
    `${subject} can't go on: no function ${functionId} is registered any more.`,
  concurrency: ({ functionId, limit, key, holders }, { subject }) =>
    `${subject} waits for its turn: ${functionId} runs ${limit} at once${perKey(key)}, and ${listRuns(holders)} ${holders.length === 1 ? "is" : "are"} at work.`,
  throttled: ({ functionId, limit, periodMs }, { subject }) =>
    `${subject} waits for its turn: of ${functionId} at most ${counted(limit, "run")} may start in ${formatDuration(periodMs)} (throttle).`,
  queued: ({ since: due }, { subject, nowMs }) =>
    `${subject} has been due${since(due, nowMs)} and was not called; the server doesn't tell why.`,
  failed: ({ step, attempts, error, at, isFirstCause, rerun }, { subject, nowMs }) => {
    const where = step === null ? "" : ` in step ${step}`;
    const tries = attempts === 1 ? "at its only attempt" : `after ${attempts} attempts`;
    const cause = isFirstCause ? "" : ", which something else had caused";
    return `${subject} failed${where}${ago(at, nowMs)} ${tries}${cause}: ${clause(error)}. \`${rerun}\` tries it again.`;
  },
  cancelled: ({ reason, at }, { subject, nowMs }) =>
    `${subject} was cancelled${ago(at, nowMs)}${reason === null ? "; the server doesn't tell by whom" : `: ${clause(reason)}`}.`,
  skipped: ({ because, functionId, rerun }, { subject }) => {
    const again = `\`${rerun}\` makes up for it.`;
    if (because === "paused") {
      return `${subject} was skipped: ${functionId} is paused. After \`igs functions resume ${functionId}\`, ${again}`;
    }
    if (because === "singleton") {
      return `${subject} was skipped: another run of ${functionId} went on, and it runs one at a time (singleton). ${again}`;
    }
    return `${subject} was skipped: ${functionId} was paused then, or runs one at a time; the server doesn't tell which. ${again}`;
  },
  completed: ({ durationMs }, { subject }) =>
    `${subject} has completed${durationMs === null ? "" : ` in ${formatDuration(durationMs)}`} and waits for nothing.`,
  "sent-by": (finding, { subject }) => {
    const { event, step, senderFunctionId, senderRunId, senderStatus } = finding;
    const sender = `${senderFunctionId} (run ${senderRunId}, ${senderStatus.toLowerCase()})`;
    return `${subject} was started by ${event}, which came from ${sender}${step === null ? "" : `, step ${step}`}.`;
  },
  "started-by": ({ how, event }, { subject }) => {
    if (how === "schedule") return `${subject} was started by its schedule.`;
    if (event === null) return `${subject} was started by an event that is kept no longer.`;
    return `${subject} was started by ${event}; no run is known that sent it.`;
  },
};

export function sayRunFinding(finding: RunFinding, speech: Speech): string {
  // The table has one entry for each kind, and that takes its kind.
  const say = SENTENCES[finding.kind] as (finding: RunFinding, speech: Speech) => string;
  return say(finding, speech);
}
