// What the settings file has to say for the answers. Pure.

import type { VariableName } from "@system-bus/settings";
import { decideEngineUrl, decideWorkerPlace } from "./cluster/cluster-facts.ts";
import { type SetupAnswers, wantsAgents } from "./setup-answers.ts";
import { getCluster, type SetupFound } from "./setup-found.ts";

const DEFAULT_PORTS = { BUS_ENGINE_PORT: 8288, BUS_WORKER_PORT: 3111 } as const;

/** Only what has to change. An empty value switches a line off, so that the default counts. */
export function settingChanges(
  answers: SetupAnswers,
  found: SetupFound,
): ReadonlyMap<VariableName, string> {
  const { stored } = found;
  const wanted: [VariableName, string][] = [
    ...engineSettings(answers, found),
    ...portSetting("BUS_ENGINE_PORT", answers.enginePort, found),
    ...portSetting("BUS_WORKER_PORT", answers.workerPort, found),
    ...(answers.vault === found.settings.vault ? [] : [pair("VAULT_PATH", answers.vault)]),
    pair("ARCHIVE_TO", answers.archive ?? ""),
  ];
  if (wantsAgents(answers.work) && answers.agents !== null && answers.agents.length > 0) {
    wanted.push(pair("LOOP_TOOLS", answers.agents.join(",")));
  }
  return new Map(wanted.filter(([name, value]) => (stored.get(name) ?? "") !== value));
}

/** Which engine `igs start` and `igs status` name, and how it reaches the worker. */
function engineSettings(answers: SetupAnswers, found: SetupFound): [VariableName, string][] {
  const ownServer = [pair("INNGEST_BASE_URL", ""), ...forgottenOrigin(found)];
  switch (answers.tier) {
    case 0:
      return [pair("BUS_ENGINE", "embedded"), pair("BUS_BRIDGE_HOST", ""), ...ownServer];
    case 1:
    case 2:
      return [
        pair("BUS_ENGINE", "docker"),
        pair("BUS_BRIDGE_HOST", found.containers?.gateway ?? ""),
        ...ownServer,
      ];
    case 3: {
      const cluster = getCluster(found);
      const place = decideWorkerPlace(cluster, answers.workerPort);
      return [
        pair("BUS_ENGINE", "auto"),
        pair("INNGEST_BASE_URL", decideEngineUrl(cluster)),
        pair("INNGEST_SERVE_ORIGIN", place.origin),
        pair("BUS_BRIDGE_HOST", place.host),
      ];
    }
  }
}

/** By which a server that was named reaches the worker; without one, a person's own, of a proxy, stays. */
function forgottenOrigin({ stored }: SetupFound): [VariableName, string][] {
  return stored.get("INNGEST_BASE_URL") ? [pair("INNGEST_SERVE_ORIGIN", "")] : [];
}

function portSetting(
  name: keyof typeof DEFAULT_PORTS,
  port: number,
  { stored }: SetupFound,
): [VariableName, string][] {
  const isSaid = stored.get(name) !== undefined || port !== DEFAULT_PORTS[name];
  return isSaid ? [pair(name, String(port))] : [];
}

function pair(name: VariableName, value: string): [VariableName, string] {
  return [name, value];
}
