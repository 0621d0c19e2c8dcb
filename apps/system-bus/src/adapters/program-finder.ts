import {
  type ExternalProgramName,
  externalPrograms,
  findProgram,
  installWords,
  programSearchPath,
} from "@system-bus/programs";
import { WorkerError } from "../worker-error.ts";

export interface ProgramFinder {
  /** Where to look, as a PATH. Programs get it, too: yt-dlp itself looks for ffmpeg. */
  readonly searchPath: string;
  /** The program's executable; null when it is not installed. */
  find(name: ExternalProgramName): string | null;
  /** The same, or an error that says how to install it. */
  get(name: ExternalProgramName): string;
}

export interface ProgramFinderOptions {
  readonly path: string | undefined;
  readonly home: string;
}

export function createProgramFinder({ path, home }: ProgramFinderOptions): ProgramFinder {
  const searchPath = programSearchPath({ path, home });

  const find = (name: ExternalProgramName) => findProgram(name, searchPath);

  return {
    searchPath,
    find,
    get(name) {
      const found = find(name);
      if (found) return found;
      throw new WorkerError(
        "PROGRAM_MISSING",
        `${name}, which ${externalPrograms[name].purpose}, is not installed. Install it: ${installWords(name)} — then send the event again`,
      );
    },
  };
}
