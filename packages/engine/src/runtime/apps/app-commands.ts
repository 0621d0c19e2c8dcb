// Apps and their functions: sync, both ways (protocol notes, section 1.1), and removal.

import type { App, AppFunction } from "../../core/app.ts";
import { EngineError } from "../../core/errors.ts";
import { uuidFromName } from "../../core/uuid.ts";
import {
  type InBandResponse,
  type Registration,
  readInBandSync,
} from "../../protocol/registration.ts";
import { signBody } from "../../protocol/signature.ts";
import { startDeadline } from "../calls/deadline.ts";
import { readBody } from "../calls/read-body.ts";
import { Effects, type EffectTargets } from "../effects.ts";
import { createCronItem, cronItemId, enqueueCronItem, findSchedules } from "../intake/cron-runs.ts";
import { hastenHeld } from "../intake/held-runs.ts";
import type { IntakeDeps } from "../intake/intake-transaction.ts";
import type { Log } from "../log.ts";

export interface AppCommandDeps extends IntakeDeps, EffectTargets {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly signingKeys: readonly string[];
  readonly isDev: boolean;
  readonly log: Log;
}

export interface SyncResult {
  readonly isModified: boolean;
  readonly appId: string;
}

/** A function as its app registers it: a sync says nothing of pauses. */
type RegisteredFunction = Omit<AppFunction, "pause">;

interface ScheduleChange {
  readonly nowMs: number;
  readonly effects: Effects;
}

const SYNC_TIMEOUT_MS = 10_000;
const SYNC_BYTES_MAX = 4 * 1024 * 1024;

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
    const { scheduler, store } = this.#deps;
    const appId = uuidFromName(`app:${registration.appName}`);
    const effects = await store.write(
      () => this.#store(appId, registration),
      (changes) => changes && this.#follow(changes),
    );
    scheduler().unpark(appId);
    return { isModified: effects !== null, appId };
  }

  /** Asks the app itself. Rejects with SYNC_REJECTED, saying why and what to do. */
  async syncApp(url: string, appName?: string): Promise<SyncResult> {
    const reading = readInBandSync(await this.#requestSync(url));
    if (reading.kind === "out-of-band") {
      const app = this.#deps.registry.apps.find((known) => known.url === url);
      if (app) return { isModified: false, appId: app.id };
      throw new EngineError("SYNC_REJECTED", `${url} accepted the sync but did not register.`);
    }
    if (reading.kind === "refused") throw new EngineError("SYNC_REJECTED", reading.problem);
    const { registration } = reading;
    if (appName !== undefined && registration.appName !== appName) {
      const message = `${url} serves the app "${registration.appName}", not "${appName}".`;
      throw new EngineError("SYNC_REJECTED", message);
    }
    return this.register(registration);
  }

  async removeApp(url: string): Promise<void> {
    const { store, clock } = this.#deps;
    const remove = (): Effects => {
      // Several, when an app was renamed and its old name still has the address.
      const apps = store.apps.loadApps().filter((known) => known.url === url);
      if (apps.length === 0) throw new EngineError("NOT_FOUND", `No app is registered at ${url}.`);
      const change = { nowMs: clock.nowMs(), effects: new Effects() };
      const appIds = new Set(apps.map(({ id }) => id));
      for (const fn of store.apps.loadFunctions()) {
        if (appIds.has(fn.appId) && !fn.isArchived) this.#archive(fn, change);
      }
      // So that the same registration counts as a change when the app comes back.
      for (const app of apps) store.apps.putApp({ ...app, checksum: "" });
      return change.effects;
    };
    await store.write(remove, (effects) => this.#follow(effects));
  }

  /** Removes functions that were archived before the moment and have no runs, and apps without functions. */
  async forgetArchived(untilMs: number): Promise<void> {
    const { store } = this.#deps;
    await store.write(
      () => store.history.removeFunctions(untilMs),
      (removedCount) => removedCount > 0 && this.load(),
    );
  }

  #follow(effects: Effects): void {
    this.load();
    effects.applyTo(this.#deps);
  }

  async #requestSync(url: string): Promise<InBandResponse> {
    const { clock, signingKeys } = this.#deps;
    const [key, fallbackKey] = signingKeys;
    const deadline = startDeadline(clock, SYNC_TIMEOUT_MS);
    try {
      const response = await this.#putSync(url, key, deadline.signal);
      // An app that refuses the key may know the fallback.
      if (response.status !== 401 || fallbackKey === undefined) return response;
      return await this.#putSync(url, fallbackKey, deadline.signal);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new EngineError("SYNC_REJECTED", `${url} could not be asked: ${reason}`, {
        cause: error,
      });
    } finally {
      deadline.end();
    }
  }

  async #putSync(
    url: string,
    key: string | undefined,
    signal: AbortSignal,
  ): Promise<InBandResponse> {
    const { fetch, clock, isDev, signingKeys: keys } = this.#deps;
    const nowSeconds = Math.floor(clock.nowMs() / 1_000);
    const response = await fetch(url, {
      method: "PUT",
      headers: {
        "content-type": "application/json",
        "x-inngest-sync-kind": "in_band",
        "x-inngest-server-kind": isDev ? "dev" : "cloud",
        ...(key === undefined ? {} : { "x-inngest-signature": signBody(key, { url }, nowSeconds) }),
      },
      body: JSON.stringify({ url }),
      redirect: "manual",
      signal,
    });
    const { status, headers } = response;
    const body = await readBody(response, SYNC_BYTES_MAX);
    if (body === null) throw new Error(`its answer has more than ${SYNC_BYTES_MAX} bytes`);
    const answer = { status, headers, body, url };
    return keys.length === 0 ? answer : { ...answer, signers: { keys, nowSeconds } };
  }

  /**
   * Null when the registration says nothing new. Compares with the tables: another registration of this
   * turn may be in them already, and not yet in memory.
   */
  #store(appId: string, registration: Registration): Effects | null {
    const { store, clock, log } = this.#deps;
    const nowMs = clock.nowMs();
    const { appName: name, url, framework, sdkLanguage, sdkVersion, checksum } = registration;
    const known = store.apps.loadApps().find(({ id }) => id === appId);
    if (known?.checksum === checksum && known.url === url) return null;
    if (known && known.url !== url) {
      log({ level: "warn", message: `the app "${name}" has moved`, from: known.url, to: url });
    }
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
    store.syncs.insert({
      id: this.#deps.createId(),
      ...{ appId, url, framework, sdkLanguage, sdkVersion },
      functionCount: registration.functions.length,
      syncedAtMs: nowMs,
    });
    const functions = registration.functions.map((config): RegisteredFunction => {
      const id = uuidFromName(`function:${name}:${config.slug}`);
      return { id, appId, config, isArchived: false };
    });
    return this.#replaceFunctions(functions, appId, nowMs);
  }

  #replaceFunctions(
    functions: readonly RegisteredFunction[],
    appId: string,
    nowMs: number,
  ): Effects {
    const { store } = this.#deps;
    const effects = new Effects();
    const old = new Map(store.apps.loadFunctions().map((fn) => [fn.id, fn]));
    this.#refuseTakenSlugs(functions, [...old.values()]);
    for (const fn of functions) {
      store.apps.putFunction(fn.id, appId, fn.config);
      const known = old.get(fn.id);
      this.#replaceSchedules(known, fn, { nowMs, effects });
      if (known) hastenHeld({ store, nowMs, effects }, { old: known, fn });
      old.delete(fn.id);
    }
    for (const fn of old.values()) {
      if (fn.appId === appId && !fn.isArchived) this.#archive(fn, { nowMs, effects });
    }
    return effects;
  }

  /** "a" with "b-c" and "a-b" with "c" have one slug, and whoever invokes it could mean either. */
  #refuseTakenSlugs(
    functions: readonly RegisteredFunction[],
    known: readonly RegisteredFunction[],
  ): void {
    const bySlug = new Map(known.map((fn) => [fn.config.slug, fn]));
    for (const { id, config } of functions) {
      const owner = bySlug.get(config.slug);
      if (!owner || owner.id === id) continue;
      const app = this.#deps.store.apps.loadApps().find((other) => other.id === owner.appId);
      throw new EngineError(
        "SYNC_REJECTED",
        `The function id "${config.slug}" is that of the app "${app?.name ?? owner.appId}" already. Rename one of the two apps or functions.`,
      );
    }
  }

  #archive(fn: RegisteredFunction, change: ScheduleChange): void {
    this.#deps.store.apps.archiveFunction(fn.id, change.nowMs);
    this.#replaceSchedules(fn, { ...fn, isArchived: true }, change);
  }

  /** A schedule that stays keeps its next time: a sync in the very minute must not skip a run. */
  #replaceSchedules(
    old: RegisteredFunction | undefined,
    fn: RegisteredFunction,
    { nowMs, effects }: ScheduleChange,
  ): void {
    const { store } = this.#deps;
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
      if (item) enqueueCronItem({ store, effects }, { item, appId: fn.appId });
    }
  }
}
