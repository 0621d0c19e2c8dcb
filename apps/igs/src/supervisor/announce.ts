import type { Settings } from "@system-bus/settings";
import { nameEngine } from "../status/name-engine.ts";
import type { EnginePlan } from "./engine-choice.ts";
import type { FoundInngest } from "./find-inngest.ts";

type UsablePlan = Exclude<EnginePlan, { kind: "refuse" }>;

/** The first lines: which engine and version, which mode, the dashboard, and where state lies. */
export function announceStart(
  plan: UsablePlan,
  settings: Settings,
  inngest: FoundInngest | null,
): readonly string[] {
  const { mode, folders, vault, workerOrigin, engineUrl } = settings;
  return [
    announceEngine(plan, settings, inngest),
    mode === "dev"
      ? "mode       dev: reload on change, no keys"
      : "mode       start: persistent, signatures checked",
    `dashboard  ${forPeople(engineUrl)}`,
    `worker     ${forPeople(workerOrigin)}`,
    `state      ${describeState(plan, mode, folders.root)}`,
    `vault      ${vault}`,
  ];
}

function announceEngine(
  plan: UsablePlan,
  { engineUrl, mode, isEngineUrlGiven }: Settings,
  inngest: FoundInngest | null,
): string {
  const address = forPeople(engineUrl);
  const server = mode === "dev" ? "Inngest Dev Server" : "Inngest Server (persistent mode)";
  switch (plan.kind) {
    case "attach": {
      const why = isEngineUrlGiven ? "INNGEST_BASE_URL" : "found running";
      if (plan.engine.kind === "none") return `Waiting for the engine at ${address} (${why})`;
      return `Using ${nameEngine(plan.engine)} at ${address} (${why})`;
    }
    case "start-embedded": {
      const memory = mode === "dev" ? "Inngest-compatible, memory only" : "Inngest-compatible";
      return `Starting embedded engine on ${address} (${memory})`;
    }
    case "start-inngest": {
      const version = inngest?.version ? `inngest ${inngest.version}, ` : "";
      return `Starting ${server} on ${address} (${version}${inngest?.from ?? "binary"})`;
    }
    case "start-container":
      return `Starting ${server} on ${address} (docker)`;
  }
}

function describeState(plan: UsablePlan, mode: Settings["mode"], root: string): string {
  if (plan.kind === "attach") return `runs: with that engine; files: ${root}`;
  return mode === "dev" ? `runs: in memory only; files: ${root}` : root;
}

/** What people type: `localhost` for the loopback address. */
export function forPeople(url: string): string {
  return url.replace("//127.0.0.1", "//localhost");
}
