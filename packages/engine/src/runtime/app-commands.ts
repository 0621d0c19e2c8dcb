// Apps and their functions: sync, both ways (protocol notes, section 1.1), and removal.

import type { App, AppFunction } from "../core/app.ts";
import { EngineError } from "../core/errors.ts";
import { uuidFromName } from "../core/uuid.ts";
import { type Registration, readInBandSync } from "../protocol/registration.ts";
import { signBody } from "../protocol/signature.ts";
import { createCronItem, cronItemId, findSchedules } from "./cron-runs.ts";
import { Effects, type EffectTargets } from "./effects.ts";
import type { IntakeDeps } from "./intake.ts";

export interface AppCommandDeps extends IntakeDeps, EffectTargets {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly signingKeys: readonly string[];
  readonly isDev: boolean;
}

export interface SyncResult {
  readonly isModified: boolean;
  readonly appId: string;
}

const SYNC_TIMEOUT_MS = 10_000;

export class AppCommands {
  readonly #deps: AppCommandDeps;

  constructor(deps: AppCommandDeps) {
    this.#deps = deps;
  }

  /** Takes apps and functions from the tables; once, at the engine's start. */
  load(): void {
    const { registry, store } = this.#deps;
    registry.replace(store.apps.loadApps(), store.apps.loadFunctions());
  }

  async register(registration: Registration): Promise<SyncResult> {
    const { registry, scheduler, store } = this.#deps;
    const appId = uuidFromName(`app:${registration.appName}`);
    const known = registry.findApp(appId);
    const isModified = known?.checksum !== registration.checksum || known?.url !== registration.url;
    if (isModified) {
      await store.write(
        () => this.#store(appId, registration),
        (effects) => this.#follow(effects),
      );
    }
    scheduler().unpark(appId);
    return { isModified, appId };
  }

  /** Asks the app itself. Rejects with SYNC_REJECTED, saying why and what to do. */
  async syncApp(url: string): Promise<SyncResult> {
    const response = await this.#requestSync(url);
    const text = await response.text();
    const reading = readInBandSync({
      status: response.status,
      headers: response.headers,
      body: text,
      url,
    });
    if (reading.kind === "out-of-band") {
      const app = this.#deps.registry.apps.find((known) => known.url === url);
      if (app) return { isModified: false, appId: app.id };
      throw new EngineError("SYNC_REJECTED", `${url} accepted the sync but did not register.`);
    }
    if (reading.kind === "refused") throw new EngineError("SYNC_REJECTED", reading.problem);
    return this.register(reading.registration);
  }

  async removeApp(url: string): Promise<void> {
    const { registry, store, clock } = this.#deps;
    const app = registry.apps.find((known) => known.url === url);
    if (!app) throw new EngineError("NOT_FOUND", `No app is registered at ${url}.`);
    const remove = (): Effects => {
      const removals = new Effects();
      for (const fn of registry.functions) {
        if (fn.appId === app.id && !fn.isArchived) this.#archive(fn, clock.nowMs(), removals);
      }
      // So that the same registration counts as a change when the app comes back.
      store.apps.putApp({ ...app, checksum: "" });
      return removals;
    };
    await store.write(remove, (effects) => this.#follow(effects));
  }

  #follow(effects: Effects): void {
    this.load();
    effects.applyTo(this.#deps);
  }

  async #requestSync(url: string): Promise<Response> {
    const { fetch, signingKeys, clock, isDev } = this.#deps;
    const body = JSON.stringify({ url });
    const [key] = signingKeys;
    const nowSeconds = Math.floor(clock.nowMs() / 1_000);
    const signature =
      key === undefined ? {} : { "x-inngest-signature": signBody(key, { url }, nowSeconds) };
    try {
      return await fetch(url, {
        method: "PUT",
        headers: {
          "content-type": "application/json",
          "x-inngest-sync-kind": "in_band",
          "x-inngest-server-kind": isDev ? "dev" : "cloud",
          ...signature,
        },
        body,
        redirect: "manual",
        signal: AbortSignal.timeout(SYNC_TIMEOUT_MS),
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new EngineError("SYNC_REJECTED", `${url} could not be reached: ${reason}`, {
        cause: error,
      });
    }
  }

  #store(appId: string, registration: Registration): Effects {
    const { store, registry, clock } = this.#deps;
    const nowMs = clock.nowMs();
    const { appName: name, url, framework, sdkLanguage, sdkVersion, checksum } = registration;
    const known = registry.findApp(appId);
    const app: App = {
      id: appId,
      name,
      url,
      framework,
      sdkLanguage,
      sdkVersion,
      checksum,
      createdAtMs: known?.createdAtMs ?? nowMs,
      syncedAtMs: nowMs,
    };
    store.apps.putApp(app);
    const effects = new Effects();
    const functions = registration.functions.map((config): AppFunction => {
      const id = uuidFromName(`function:${name}:${config.slug}`);
      return { id, appId, config, isArchived: false };
    });
    const kept = new Set(functions.map(({ id }) => id));
    for (const fn of functions) {
      store.apps.putFunction(fn.id, appId, fn.config);
      this.#replaceSchedules(fn, nowMs, effects);
    }
    for (const old of registry.functions) {
      if (old.appId === appId && !old.isArchived && !kept.has(old.id))
        this.#archive(old, nowMs, effects);
    }
    return effects;
  }

  #archive(fn: AppFunction, nowMs: number, effects: Effects): void {
    this.#deps.store.apps.archiveFunction(fn.id, nowMs);
    this.#replaceSchedules({ ...fn, isArchived: true }, nowMs, effects);
  }

  /** A schedule that stays keeps its next time: a sync in the very minute must not skip a run. */
  #replaceSchedules(fn: AppFunction, nowMs: number, effects: Effects): void {
    const { store, registry } = this.#deps;
    const old = registry.findFunction(fn.id);
    const wanted = findSchedules(fn);
    const wantedIds = new Set(wanted.map(cronItemId));
    for (const schedule of old ? findSchedules(old) : []) {
      const id = cronItemId(schedule);
      if (wantedIds.has(id)) continue;
      store.queue.remove(id);
      effects.remove(id);
    }
    for (const schedule of wanted) {
      const item = store.queue.exists(cronItemId(schedule))
        ? null
        : createCronItem(schedule, nowMs);
      if (!item) continue;
      store.queue.insert(item);
      const { id, kind, dueAtMs } = item;
      effects.put({ id, runId: "", appId: fn.appId, kind, dueAtMs, slots: [] });
    }
  }
}
