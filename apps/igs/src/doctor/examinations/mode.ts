import type { Settings } from "@system-bus/settings";
import type { EngineProbe } from "../../status/probe-engine.ts";
import { createExamination } from "../examination.ts";
import { type DoctorScene, noEngine } from "../scene.ts";
import { fault, type Trouble, type Verdict, warning, wellUnless } from "../verdict.ts";
import type { WorkerPlace } from "../worker-place.ts";

export interface ModeFacts {
  readonly engine: EngineProbe;
  readonly engineUrl: string;
  readonly place: WorkerPlace | null;
  /** INNGEST_DEV as it is given, and from where; null when it isn't. */
  readonly devFlag: { readonly from: string; readonly isOn: boolean } | null;
  /** Where a signing key is given; null when none is. */
  readonly keyFrom: string | null;
  readonly mode: "dev" | "start";
}

export const mode = createExamination<ModeFacts>({
  id: "mode",
  title: "development and production are not mixed up, and nothing speaks to Inngest's cloud",
  async look(scene) {
    const { settings } = scene.connection();
    const given = (name: string) => {
      const value = settings.values.find((one) => one.name === name);
      return value === undefined || value.source === "default"
        ? null
        : (value.from ?? value.source);
    };
    const devFrom = given("INNGEST_DEV");
    return {
      engine: (await scene.status()).engine,
      engineUrl: settings.engineUrl,
      place: await scene.place(),
      devFlag: devFrom === null ? null : { from: devFrom, isOn: isDevFlagOn(scene.env, settings) },
      keyFrom: given("INNGEST_SIGNING_KEY"),
      mode: settings.mode,
    };
  },
  decide(facts): Verdict {
    const { engine, engineUrl, place } = facts;
    if (place === null && engine.kind !== "embedded" && engine.kind !== "inngest") {
      const troubles = [...cloudTroubles(facts), ...flagTroubles(facts)];
      if (troubles.length > 0) return { kind: "troubled", troubles };
      return { kind: "unchecked", reason: noEngine(engineUrl).message };
    }
    return wellUnless(
      [...cloudTroubles(facts), ...engineTroubles(facts), ...flagTroubles(facts)],
      `${place?.mode ?? facts.mode} mode, engine at ${engineUrl}`,
    );
  },
});

/** In start mode the settings don't count it, so its own text tells; a file's is taken for on. */
function isDevFlagOn(env: DoctorScene["env"], settings: Pick<Settings, "mode" | "isDev">): boolean {
  if (settings.mode === "dev") return settings.isDev;
  return !/^(0|false)$/i.test(env["INNGEST_DEV"] ?? "");
}

/** A server in production has no `/dev`, so it tells no version. */
function isDevEngine(engine: EngineProbe): boolean | null {
  if (engine.kind === "embedded") return engine.isDev;
  return engine.kind === "inngest" ? engine.version !== null : null;
}

function engineTroubles({ engine, engineUrl, place }: ModeFacts): readonly Trouble[] {
  if (place === null || isCloud(place.engineUrl)) return [];
  if (originOf(place.engineUrl) !== originOf(engineUrl)) {
    return [
      fault({
        problem: `The worker speaks to the engine at ${place.engineUrl}, this shell to the one at ${engineUrl}.`,
        why: "what is sent here never reaches that worker",
        cure: `INNGEST_BASE_URL=${place.engineUrl} igs doctor`,
        hint: "Give both the same INNGEST_BASE_URL or BUS_ENGINE_PORT.",
      }),
    ];
  }
  const isDev = isDevEngine(engine);
  if (isDev === null || isDev === place.isDev) return [];
  const [worker, other] = place.isDev
    ? ["development", "production"]
    : ["production", "development"];
  return [
    fault({
      problem: `The worker (pid ${place.pid}) runs for ${worker}, the engine at ${engineUrl} for ${other}.`,
      why: place.isDev
        ? "the engine refuses what is not signed, and the worker would run what anybody sends"
        : "the worker refuses every call of an engine that does not sign",
      cure: isDev ? "igs dev" : "igs start",
      hint: "Stop the worker first; started so, both are of one mode.",
    }),
  ];
}

function cloudTroubles({ engineUrl, place }: ModeFacts): readonly Trouble[] {
  const told = [
    ...(isCloud(engineUrl) ? [`This shell speaks to Inngest's cloud, ${engineUrl}`] : []),
    ...(place !== null && isCloud(place.engineUrl)
      ? [`The worker speaks to Inngest's cloud, ${place.engineUrl}`]
      : []),
  ];
  return told.map((problem) =>
    fault({
      problem: `${problem}.`,
      why: "events and their data leave this machine, and no engine of yours knows the worker",
      cure: "unset INNGEST_BASE_URL INNGEST_DEV",
      hint: "`igs config` shows where it is set; then start the bus again.",
    }),
  );
}

function flagTroubles({ devFlag, keyFrom, mode: busMode }: ModeFacts): readonly Trouble[] {
  if (devFlag === null || !devFlag.isOn) return [];
  if (busMode === "start") {
    return [
      warning({
        problem: `INNGEST_DEV is set (${devFlag.from}), and the bus runs for production.`,
        why: "it does not count there, but any worker of your own that you start with it checks no signature",
        cure: "unset INNGEST_DEV",
      }),
    ];
  }
  if (keyFrom !== "environment") return [];
  return [
    warning({
      problem: `INNGEST_DEV (${devFlag.from}) and INNGEST_SIGNING_KEY (environment) are both set.`,
      why: "INNGEST_DEV switches signatures off, so the key protects nothing",
      cure: "unset INNGEST_DEV",
      hint: "Or unset the key, for development.",
    }),
  ];
}

function isCloud(url: string): boolean {
  if (!URL.canParse(url)) return false;
  return /(^|\.)(inngest\.com|inn\.gs)$/.test(new URL(url).hostname);
}

/** `localhost` and `127.0.0.1` are the same place. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin.replace("//localhost", "//127.0.0.1") : url;
}
