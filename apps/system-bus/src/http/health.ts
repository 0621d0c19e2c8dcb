// What is well and what is not, in words that say what to do. Pure: the world is looked at elsewhere.

import { type ExternalProgramName, externalPrograms, installWords } from "@system-bus/programs";
import type { RegistrationState } from "../registration/registration.ts";
import type { BeatHealth } from "../system/beat-watch.ts";

export interface HealthInput {
  readonly registration: RegistrationState;
  readonly programs: readonly FoundProgram[];
  /** Programs without which this worker's settings can't be carried out. */
  readonly neededPrograms: readonly ExternalProgramName[];
  readonly sources: readonly SourceHealth[];
  readonly vault: FolderHealth;
  readonly state: FolderHealth;
  readonly log: LogHealth;
  /** Null where it was not asked for. */
  readonly heartbeat: BeatHealth | null;
  readonly warnings: readonly string[];
}

export interface FoundProgram {
  readonly name: ExternalProgramName;
  readonly path: string | null;
}

/** One source of TRANSCRIPT_ORDER. */
export interface SourceHealth {
  readonly source: string;
  /** Captions come with the video or not: null where this machine has no say. */
  readonly isReady: boolean | null;
  readonly reason: string | null;
}

export interface FolderHealth {
  readonly path: string;
  /** Null when it can be written. */
  readonly problem: string | null;
}

export interface LogHealth {
  readonly file: string;
  readonly lastAt: string | null;
  readonly ageMs: number | null;
  /** How long a milestone has waited for its line; null when none waits. */
  readonly waitingMs: number | null;
}

export interface Problem {
  readonly message: string;
}

export interface Health extends Omit<HealthInput, "programs" | "neededPrograms" | "warnings"> {
  readonly status: "ok" | "degraded";
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
  readonly programs: readonly {
    readonly name: string;
    readonly path: string | null;
    readonly purpose: string;
    readonly isNeeded: boolean;
  }[];
}

/** A milestone's line is written within seconds. The old log froze for 25 days before anyone saw. */
const LOG_WAIT_MS_MAX = 5 * 60_000;

/** Twice the period of the heartbeat, and time for one to run. */
const HEARTBEAT_SILENT_MS_MAX = 35 * 60_000;

export function describeHealth(input: HealthInput): Health {
  const problems = [
    ...registrationProblems(input.registration),
    ...programProblems(input),
    ...transcriptProblems(input.sources),
    ...folderProblems("The vault", input.vault),
    ...folderProblems("The state folder", input.state),
    ...logProblems(input.log),
    ...heartbeatProblems(input),
  ].map((message) => ({ message }));
  const { programs, neededPrograms, ...rest } = input;
  return {
    status: problems.length === 0 ? "ok" : "degraded",
    problems,
    ...rest,
    programs: programs.map(({ name, path }) => ({
      name,
      path,
      purpose: externalPrograms[name].purpose,
      isNeeded: neededPrograms.includes(name),
    })),
  };
}

function registrationProblems(state: RegistrationState): string[] {
  if (state.kind === "registered" || state.kind === "starting") return [];
  return [`Not registered: ${state.problem}`];
}

function programProblems({ programs, neededPrograms }: HealthInput): string[] {
  return programs
    .filter(({ name, path }) => path === null && neededPrograms.includes(name))
    .map(
      ({ name }) =>
        `${name}, which ${externalPrograms[name].purpose}, is not installed: ${installWords(name)}`,
    );
}

function transcriptProblems(sources: readonly SourceHealth[]): string[] {
  if (sources.some(({ isReady }) => isReady === true)) return [];
  const reasons = sources.flatMap(({ source, reason }) =>
    reason === null ? [] : [`${source}: ${reason}`],
  );
  if (reasons.length === 0) {
    return ["Videos without captions can't be transcribed: TRANSCRIPT_ORDER names no recogniser"];
  }
  return [
    `Videos without captions can't be transcribed. Any one of these mends it: ${reasons.join("; ")}`,
  ];
}

function folderProblems(what: string, { path, problem }: FolderHealth): string[] {
  return problem === null ? [] : [`${what} ${path} can't be used: ${problem}`];
}

function logProblems({ file, waitingMs }: LogHealth): string[] {
  if (waitingMs === null || waitingMs < LOG_WAIT_MS_MAX) return [];
  const minutes = Math.floor(waitingMs / 60_000);
  return [
    `The system log ${file} is stale: a milestone has waited ${minutes} minutes for its line; look at the runs of system-logger`,
  ];
}

/** A schedule that does not fire says nothing by itself. An engine that is down is a problem of its own. */
function heartbeatProblems({ heartbeat, registration }: HealthInput): string[] {
  if (heartbeat === null || registration.kind !== "registered") return [];
  if (heartbeat.silentMs <= HEARTBEAT_SILENT_MS_MAX) return [];
  const minutes = Math.round(heartbeat.silentMs / 60_000);
  return [
    `No heartbeat for ${minutes} minutes: schedules don't fire, or heartbeat is paused or fails; look at \`igs functions\` and \`igs runs --function heartbeat\``,
  ];
}
