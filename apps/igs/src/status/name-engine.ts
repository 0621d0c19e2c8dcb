import type { EngineProbe } from "./probe-engine.ts";

/** Such as `embedded 0.1.0 (Inngest-compatible)`, `Inngest 1.45.1`. */
export function nameEngine(engine: EngineProbe): string {
  switch (engine.kind) {
    case "none":
      return "no engine";
    case "other":
      return engine.description;
    case "embedded":
      return `embedded engine${engine.version ? ` ${engine.version}` : ""} (Inngest-compatible)`;
    case "inngest":
      return `Inngest${engine.version ? ` ${engine.version}` : ""}`;
  }
}
