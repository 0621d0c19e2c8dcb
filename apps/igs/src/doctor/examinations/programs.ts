import type { ExternalProgramName } from "@system-bus/programs";
import { externalPrograms } from "@system-bus/programs";
import { createExamination } from "../examination.ts";
import { findPrograms, installCommand, type Seer } from "../found-programs.ts";
import { isOlder, type VersionRule, versionRules } from "../program-versions.ts";
import { fault, type Trouble, wellUnless } from "../verdict.ts";

export interface ProgramFacts {
  readonly by: Seer;
  readonly platform: string;
  /** Those that the settings need. */
  readonly programs: readonly ProgramSeen[];
}

export interface ProgramSeen {
  readonly name: ExternalProgramName;
  readonly path: string | null;
  /** Null when it does not say, or nobody asked. */
  readonly version: string | null;
  /** What it says instead of a version when it can't run; null when it runs. */
  readonly failure: string | null;
}

const VERSION_MAX_MS = 8_000;

export const programs = createExamination<ProgramFacts>({
  id: "programs",
  title: "the programs that the settings need are there, run, and are new enough",
  async look(scene, signal) {
    const { by, env, isHere, programs } = await findPrograms(scene);
    const ask = async (path: string, { args, pattern }: VersionRule) => {
      const options = { env, timeMaxMs: VERSION_MAX_MS, signal };
      const end = await scene.run([path, ...args], options);
      if (end === null) return { version: null, failure: "it does not say its version" };
      const said = `${end.stderr}${end.stdout}`.trim().split("\n").at(-1) ?? "";
      const version = pattern.exec(end.stdout)?.[1] ?? null;
      return { version, failure: end.exitCode === 0 ? null : said };
    };
    const seen = programs
      .filter(({ isNeeded }) => isNeeded)
      .map(async ({ name, path }): Promise<ProgramSeen> => {
        const rule = isHere ? versionRules[name] : undefined;
        const nothing = { version: null, failure: null };
        return { name, path, ...(path === null || !rule ? nothing : await ask(path, rule)) };
      });
    return { by, platform: scene.platform, programs: await Promise.all(seen) };
  },
  decide({ by, platform, programs: seen }) {
    return wellUnless(
      seen.flatMap((program) => judge(program, by, platform)),
      seen.map(({ name, version }) => (version === null ? name : `${name} ${version}`)).join(", "),
    );
  },
});

function judge(program: ProgramSeen, by: Seer, platform: string): readonly Trouble[] {
  const { name, path, version, failure } = program;
  const rule = versionRules[name];
  const why = `nothing else ${externalPrograms[name].purpose}`;
  const install = installCommand(name, platform);
  if (path === null) {
    return [fault({ problem: `${name} is not installed where ${by} looks.`, why, cure: install })];
  }
  if (failure !== null) {
    const hint = "It is there, but does not run: install it anew.";
    return [fault({ problem: `${path} does not run: ${failure}.`, why, cure: install, hint })];
  }
  if (rule === undefined || version === null || !isOlder(version, rule.min)) return [];
  return [
    fault({
      problem: `${path} is ${version}, and ${rule.min} is needed.`,
      why: rule.why,
      cure: platform === "darwin" ? rule.upgrade.darwin : rule.upgrade.linux,
    }),
  ];
}
