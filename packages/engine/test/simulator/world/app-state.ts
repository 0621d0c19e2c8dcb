import { APP_NAME, QUIET_VERSION } from "../plan/create-functions.ts";
import { type FunctionSpec, wireConfig } from "../plan/function-spec.ts";

/** How the app would register itself now: where it listens, and which options its functions have. */
export class AppState {
  readonly #specs: readonly FunctionSpec[];
  /** Null for a function that the app does not have at the moment. */
  readonly #versions = new Map<string, number | null>();
  #address = 0;
  isDown = false;

  constructor(specs: readonly FunctionSpec[]) {
    this.#specs = specs;
    for (const { id } of specs) this.#versions.set(id, 0);
  }

  get url(): string {
    return `http://app-${this.#address}.test/api/inngest`;
  }

  get listensAt(): string | null {
    return this.isDown ? null : this.url;
  }

  move(): void {
    this.#address += 1;
  }

  setVersion(functionId: string, version: number | null): void {
    this.#versions.set(functionId, version);
  }

  /** All functions, none of them with a schedule. */
  calmDown(): void {
    for (const { id } of this.#specs) this.#versions.set(id, QUIET_VERSION);
  }

  /** Fields of both kinds of sync. */
  describe(): object {
    const functions = this.#specs.flatMap((spec) => {
      const version = this.#versions.get(spec.id);
      const options =
        version === null || version === undefined ? undefined : spec.versions[version];
      return options ? [wireConfig(spec, options, this.url)] : [];
    });
    const identity = { appName: APP_NAME, app_id: APP_NAME };
    return { ...identity, url: this.url, framework: "sim", sdk: "js:v4.24.0", functions };
  }
}
