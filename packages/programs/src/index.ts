export {
  type BriefEnd,
  type BriefOptions,
  type RunBriefly,
  runBriefly,
} from "./bounded/run-briefly.ts";
export {
  type ExternalProgram,
  type ExternalProgramName,
  externalProgramNames,
  externalPrograms,
  findProgram,
  installWords,
} from "./external-program.ts";
export { freeBytesAt, nearestExisting } from "./folder/free-space.ts";
export { errorCode, replaceFile, syncFolder, writeOnce } from "./folder/write-file.ts";
export { neededPrograms } from "./needed-programs.ts";
export { passedEnvironment } from "./program-environment.ts";
export { ProgramError, type ProgramErrorCode, ProgramRetry } from "./program-error.ts";
export type { EndedBy, EndedProgram, LostProgram, ProgramSpec } from "./program-spec.ts";
export type { ProgramStatus } from "./program-status.ts";
export { createPrograms, type ProgramRequest, type Programs } from "./programs.ts";
export type { ProgramsOptions } from "./programs-options.ts";
export { programSearchPath } from "./search-path.ts";
export type { StepTools } from "./step-tools.ts";
