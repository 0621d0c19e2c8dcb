import type { App, AppFunction } from "../../core/app.ts";
import { evaluateBoolean } from "../../core/expression/evaluate.ts";
import { eventMatchesTrigger } from "../../protocol/event-request.ts";

interface EventTrigger {
  readonly fn: AppFunction;
  readonly pattern: string;
  readonly condition: string | null;
}

/** Apps and functions in memory, as the tables have them; `replace` after each sync. */
export class Registry {
  #apps: readonly App[] = [];
  #byId = new Map<string, AppFunction>();
  #bySlug = new Map<string, AppFunction>();
  #byName = new Map<string, EventTrigger[]>();
  #wildcards: EventTrigger[] = [];

  get apps(): readonly App[] {
    return this.#apps;
  }

  get functions(): readonly AppFunction[] {
    return [...this.#byId.values()];
  }

  /** Where apps are to be asked for their functions. One that was removed has none left. */
  get urls(): readonly string[] {
    const appIds = new Set(this.functions.filter((fn) => !fn.isArchived).map(({ appId }) => appId));
    return this.#apps.filter(({ id }) => appIds.has(id)).map(({ url }) => url);
  }

  replace(apps: readonly App[], functions: readonly AppFunction[]): void {
    this.#apps = apps;
    this.#byId = new Map(functions.map((fn) => [fn.id, fn]));
    this.#bySlug = new Map();
    this.#byName = new Map();
    this.#wildcards = [];
    for (const fn of functions) {
      if (!fn.isArchived) this.#index(fn);
    }
  }

  /** An archived function is found, too: its old runs go on. */
  findFunction(functionId: string): AppFunction | undefined {
    return this.#byId.get(functionId);
  }

  /** Only of what apps have now. */
  findBySlug(slug: string): AppFunction | undefined {
    return this.#bySlug.get(slug);
  }

  findApp(appId: string): App | undefined {
    return this.#apps.find(({ id }) => id === appId);
  }

  /**
   * Where a call of the function goes. One that its app no longer has is called where the app is now:
   * the address it was registered with may be gone, and would count as the app's.
   */
  callUrl({ appId, config, isArchived }: AppFunction, stepId: string): string {
    const app = isArchived ? this.findApp(appId) : undefined;
    const url = new URL(app?.url ?? config.url);
    url.searchParams.set("fnId", config.slug);
    url.searchParams.set("stepId", stepId);
    return url.href;
  }

  /** Functions that the event starts; each once, however many of its triggers match. */
  findTriggered(event: { readonly name: string }): AppFunction[] {
    const exact = this.#byName.get(event.name) ?? [];
    const wild = this.#wildcards.filter(({ pattern }) => eventMatchesTrigger(event.name, pattern));
    const matching = [...exact, ...wild].filter(({ condition }) => holds(condition, event));
    return [...new Set(matching.map(({ fn }) => fn))];
  }

  #index(fn: AppFunction): void {
    this.#bySlug.set(fn.config.slug, fn);
    if (fn.config.problem !== undefined) return;
    for (const trigger of eventTriggers(fn)) {
      if (trigger.pattern.includes("*")) this.#wildcards.push(trigger);
      else
        this.#byName.set(trigger.pattern, [...(this.#byName.get(trigger.pattern) ?? []), trigger]);
    }
  }
}

function eventTriggers(fn: AppFunction): EventTrigger[] {
  return fn.config.triggers.flatMap((trigger) =>
    trigger.kind === "event"
      ? [{ fn, pattern: trigger.event, condition: trigger.expression ?? null }]
      : [],
  );
}

/** A trigger whose condition cannot be evaluated does not fire. Protocol notes, section 2. */
function holds(condition: string | null, event: { readonly name: string }): boolean {
  if (condition === null) return true;
  const reading = evaluateBoolean(condition, { event });
  return reading.ok && reading.value;
}
