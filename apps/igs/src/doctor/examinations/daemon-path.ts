// A daemon's PATH is not a shell's: launchd gives four folders of the system. So the worker is asked where it
// looks, and what this shell finds has to be found there, too.

import { type ExternalProgramName, externalProgramNames, findProgram } from "@system-bus/programs";
import { createExamination } from "../examination.ts";
import { noWorker } from "../scene.ts";
import { shellWord } from "../shell-word.ts";
import { fault, NotSeen, warning, wellUnless } from "../verdict.ts";

export interface PathFacts {
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
    const health = await scene.health();
    if (place === null || health === null) throw noWorker((await scene.status()).workerOrigin);
    if (place.machine !== scene.machine) throw new NotSeen(`the worker runs on ${place.machine}`);
    return {
      workerPath: place.searchPath,
      workerHome: place.home,
      programs: externalProgramNames.map((name) => ({
        name,
        isNeeded: health.programs.find((program) => program.name === name)?.isNeeded ?? false,
        inShell: findProgram(name, scene.searchPath),
        inWorker: findProgram(name, place.searchPath),
      })),
    };
  },
  decide({ workerPath, workerHome, programs }) {
    const lost = programs.filter(({ inShell, inWorker }) => inShell !== null && inWorker === null);
    return wellUnless(
      lost.map(({ name, inShell, isNeeded }) => {
        const tell = isNeeded ? fault : warning;
        const bin = `${workerHome}/.local/bin`;
        return tell({
          problem: `The worker does not find ${name}, which this shell has as ${inShell}.`,
          why: `it looks in ${workerPath} only, as a daemon does`,
          cure: `mkdir -p ${shellWord(bin)} && ln -s ${shellWord(inShell ?? "")} ${shellWord(bin)}/`,
          hint: "No restart is needed. Or put its folder into the PATH that the worker is started with.",
        });
      }),
      workerPath,
    );
  },
});
