import type { App, AppFunction } from "../../core/app.ts";
import type { Trigger } from "../../core/function-config.ts";
import type { ReadStore } from "../../runtime/read-store.ts";

/** The lists of apps and of functions, as dev servers give them. */
export function createAppResolvers(reads: Pick<ReadStore, "loadApps" | "loadFunctions">) {
  const loadLive = () => reads.loadFunctions().filter(({ isArchived }) => !isArchived);

  const viewApp = (app: App) => {
    const own = () => loadLive().filter(({ appId }) => appId === app.id);
    return {
      id: app.id,
      externalID: app.name,
      name: app.name,
      url: app.url,
      framework: app.framework,
      sdkLanguage: app.sdkLanguage,
      sdkVersion: app.sdkVersion,
      functionCount: () => own().length,
      functions: () => own().map((fn) => viewFunction(fn, app.name)),
    };
  };

  return {
    apps: () => reads.loadApps().map(viewApp),
    functions: () => {
      const names = new Map(reads.loadApps().map(({ id, name }) => [id, name]));
      return loadLive().map((fn) => viewFunction(fn, names.get(fn.appId) ?? ""));
    },
  };
}

function viewFunction({ id, config, pause }: AppFunction, appName: string) {
  const { name, slug, url, triggers } = config;
  const isPaused = pause !== null;
  return { id, name, slug, url, appName, isPaused, triggers: triggers.map(viewTrigger) };
}

function viewTrigger(trigger: Trigger) {
  if (trigger.kind === "cron") return { type: "CRON", value: trigger.cron };
  return { type: "EVENT", value: trigger.event, condition: trigger.expression };
}
