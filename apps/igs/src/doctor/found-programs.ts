import {
  type ExternalProgramName,
  externalProgramNames,
  externalPrograms,
  findProgram,
  neededPrograms,
  passedEnvironment,
} from "@system-bus/programs";
import type { DoctorScene } from "./scene.ts";

/** Who found it: a worker's PATH is not a shell's. */
export type Seer = "the worker" | "this shell";

export interface FoundProgram {
  readonly name: ExternalProgramName;
  readonly path: string | null;
  /** The settings ask for it. */
  readonly isNeeded: boolean;
}

export interface FoundPrograms {
  readonly by: Seer;
  readonly programs: readonly FoundProgram[];
  /** They lie on this machine, so they can be asked from here. */
  readonly isHere: boolean;
  /** What programs that are asked here are given. */
  readonly env: Readonly<Record<string, string>>;
}

/** As the worker finds them; where none answers, as this shell does. */
export async function findPrograms(scene: DoctorScene): Promise<FoundPrograms> {
  const place = await scene.place();
  const health = place === null ? null : await scene.health();
  const own = passedEnvironment(scene.env);
  if (place === null || health === null) {
    const env = { ...own, PATH: scene.searchPath };
    return { by: "this shell", programs: findHere(scene), isHere: true, env };
  }
  const seen = new Map(health.programs.map((program) => [program.name, program]));
  return {
    by: "the worker",
    programs: externalProgramNames.map((name) => ({
      name,
      path: seen.get(name)?.path ?? null,
      isNeeded: seen.get(name)?.isNeeded ?? false,
    })),
    isHere: place.machine === scene.machine,
    env: { ...own, PATH: place.searchPath },
  };
}

function findHere(scene: DoctorScene): readonly FoundProgram[] {
  const needed = neededPrograms(scene.connection().settings);
  return externalProgramNames.map((name) => ({
    name,
    path: findProgram(name, scene.searchPath),
    isNeeded: needed.includes(name),
  }));
}

/** What to type for it on this platform. */
export function installCommand(name: ExternalProgramName, platform: string): string {
  const { apt, brew } = externalPrograms[name].install;
  return (platform === "darwin" ? (brew ?? apt) : (apt ?? brew)) ?? "";
}
