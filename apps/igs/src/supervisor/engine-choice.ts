// Which engine `igs dev` and `igs start` use. Pure: settings and what was found in, a plan out.
// Nothing switches silently: what can't be had as it was asked for is refused, with a reason.

import type { Settings } from "@system-bus/settings";
import type { Failure } from "../output/failure.ts";
import { nameEngine } from "../status/name-engine.ts";
import type { EngineProbe } from "../status/probe-engine.ts";

type AnsweringEngine = Extract<EngineProbe, { kind: "embedded" | "inngest" }>;

export type EnginePlan =
  /** It runs already, or is somebody else's to run. */
  | { readonly kind: "attach"; readonly engine: AnsweringEngine | { readonly kind: "none" } }
  | { readonly kind: "start-embedded" }
  | { readonly kind: "start-inngest" }
  | { readonly kind: "start-container" }
  | { readonly kind: "refuse"; readonly failure: Failure };

type Choice = Pick<
  Settings,
  "mode" | "engine" | "engineUrl" | "isEngineUrlGiven" | "host" | "enginePort"
>;

/** `probe` is what answers at `settings.engineUrl`. */
export function chooseEngine(settings: Choice, probe: EngineProbe): EnginePlan {
  if (probe.kind === "other") return refusePort(settings, probe.description);
  if (probe.kind === "embedded" && probe.isDev === (settings.mode === "start")) {
    const mode = probe.isDev ? "dev" : "start";
    return refusePort(settings, `an embedded engine of the other mode, \`igs ${mode}\``);
  }
  switch (settings.engine) {
    case "auto":
      return chooseAny(settings, probe);
    case "embedded":
      return chooseEmbedded(settings, probe);
    case "inngest":
      return chooseInngest(settings, probe, "start-inngest");
    case "docker":
      return chooseInngest(settings, probe, "start-container");
  }
}

type Probe = Exclude<EngineProbe, { kind: "other" }>;

/** A server that was named and is started later than we are, at boot for instance, is waited for. */
function chooseAny({ isEngineUrlGiven }: Choice, probe: Probe): EnginePlan {
  if (probe.kind !== "none" || isEngineUrlGiven) return { kind: "attach", engine: probe };
  return { kind: "start-embedded" };
}

function chooseEmbedded(settings: Choice, probe: Probe): EnginePlan {
  if (probe.kind === "embedded") return { kind: "attach", engine: probe };
  if (probe.kind === "inngest") return refusePort(settings, nameEngine(probe));
  return settings.isEngineUrlGiven ? refuseContradiction(settings) : { kind: "start-embedded" };
}

function chooseInngest(
  settings: Choice,
  probe: Probe,
  kind: "start-inngest" | "start-container",
): EnginePlan {
  if (probe.kind === "inngest") return { kind: "attach", engine: probe };
  if (probe.kind === "embedded") return refusePort(settings, nameEngine(probe));
  return settings.isEngineUrlGiven ? refuseSilence(settings) : { kind };
}

function refusePort({ engineUrl }: Choice, found: string): EnginePlan {
  return {
    kind: "refuse",
    failure: {
      code: "port-taken",
      message: `At ${engineUrl} listens ${found}.`,
      fix: "Stop it, or choose another port with --engine-port.",
    },
  };
}

function refuseContradiction({ engineUrl }: Choice): EnginePlan {
  return {
    kind: "refuse",
    failure: {
      code: "settings",
      message: `INNGEST_BASE_URL names a server at ${engineUrl}, and the embedded engine is chosen as well.`,
      fix: "Remove INNGEST_BASE_URL to start the embedded engine, or choose --engine auto to use that server.",
    },
  };
}

function refuseSilence({ engineUrl }: Choice): EnginePlan {
  return {
    kind: "refuse",
    failure: {
      code: "unavailable",
      message: `No Inngest server answers at ${engineUrl}.`,
      fix: "Start it, or remove INNGEST_BASE_URL to have one started here.",
    },
  };
}
