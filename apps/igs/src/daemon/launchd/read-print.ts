import type { ServiceLook } from "../service-manager.ts";

/**
 * `launchctl print` of a service. Apple calls its output no API, so only lines of the first level are
 * read, and what is not there is not known.
 */
export function readPrint(text: string): ServiceLook {
  const values = new Map<string, string>();
  for (const [, key = "", value = ""] of text.matchAll(/^\t([a-z ]+) = ([^{\n]*)$/gm)) {
    if (!values.has(key)) values.set(key, value.trim());
  }
  const pid = readNumber(values.get("pid"));
  const runCount = readNumber(values.get("runs"));
  return {
    state: readState(values.get("state"), pid),
    pid,
    lastExit: readLastExit(values),
    restartCount: runCount === null ? null : Math.max(0, runCount - 1),
  };
}

function readState(state: string | undefined, pid: number | null): ServiceLook["state"] {
  if (state === "running" || pid !== null) return "running";
  // Such as `spawn scheduled`, while the throttle holds it back.
  return state === undefined || /^(not running|exited)$/.test(state) ? "stopped" : "waiting";
}

/** A signal stands in the place of the code, in later releases. */
function readLastExit(values: ReadonlyMap<string, string>): string | null {
  const signal = values.get("last terminating signal");
  if (signal !== undefined) return `was ended by ${signal}`;
  const code = values.get("last exit code");
  if (code === undefined || code === "(never exited)") return null;
  return `ended with code ${code}`;
}

function readNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}
