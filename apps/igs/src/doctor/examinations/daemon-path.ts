// A daemon's PATH is not a shell's: launchd gives four folders of the system. So the worker is asked where it
// looks, and what this shell finds has to be found there, too. With no worker, the unit's own PATH tells.

import {
  type ExternalProgramName,
  externalProgramNames,
  findProgram,
  neededPrograms,
  programSearchPath,
} from "@system-bus/programs";
import { createExamination } from "../examination.ts";
import { type DoctorScene, noWorker } from "../scene.ts";
import { shellWord } from "../shell-word.ts";
import { fault, NotSeen, warning, wellUnless } from "../verdict.ts";

export interface PathFacts {
  /** Who answered for it: a worker that runs, or the unit that one is started by. */
  readonly by: "The worker" | "The daemon";
  readonly workerPath: string;
  readonly workerHome: string;
  readonly programs: readonly {
    readonly name: ExternalProgramName;
    readonly isNeeded: boolean;
    readonly inShell: string | null;
    readonly inWorker: string | null;
  }[];
}

export const daemonPath = createExamination<PathFacts>({
  id: "daemon-path",
  title: "the worker finds every program that this shell finds",
  async look(scene) {
    const place = await scene.place();
    const health = place === null ? null : await scene.health();
    if (place !== null && health !== null) {
      if (place.machine !== scene.machine) throw new NotSeen(`the worker runs on ${place.machine}`);
      const needed = health.programs.filter(({ isNeeded }) => isNeeded).map(({ name }) => name);
      return { by: "The worker", ...compare(scene, place, needed) };
    }
    const { path, environment } = await scene.daemon();
    if (path === null) throw noWorker(scene.connection().settings.workerOrigin);
    const home = environment["HOME"] ?? scene.home;
    const unit = { searchPath: programSearchPath({ path, home }), home };
    return {
      by: "The daemon",
      ...compare(scene, unit, neededPrograms(scene.connection().settings)),
    };
  },
  decide({ by, workerPath, workerHome, programs }) {
    const lost = programs.filter(({ inShell, inWorker }) => inShell !== null && inWorker === null);
    return wellUnless(
      lost.map(({ name, inShell, isNeeded }) => {
        const tell = isNeeded ? fault : warning;
        const bin = `${workerHome}/.local/bin`;
        return tell({
          problem: `${by} does not find ${name}, which this shell has as ${inShell}.`,
          why: `it looks in ${workerPath} only, as a daemon does`,
          cure: `mkdir -p ${shellWord(bin)} && ln -s ${shellWord(inShell ?? "")} ${shellWord(bin)}/`,
          hint: "No restart is needed. Or put its folder into the PATH that the worker is started with.",
        });
      }),
      workerPath,
    );
  },
});

function compare(
  scene: DoctorScene,
  { searchPath, home }: { readonly searchPath: string; readonly home: string },
  needed: readonly string[],
): Omit<PathFacts, "by"> {
  return {
    workerPath: searchPath,
    workerHome: home,
    programs: externalProgramNames.map((name) => ({
      name,
      isNeeded: needed.includes(name),
      inShell: findProgram(name, scene.searchPath),
      inWorker: findProgram(name, searchPath),
    })),
  };
}
