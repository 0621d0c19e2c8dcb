import { constants } from "node:os";
import type { ServiceLook } from "../service-manager.ts";

/** What is asked of `systemctl show`: its form is an API, unlike that of `status`. */
export const SHOWN_PROPERTIES = [
  "LoadState",
  "ActiveState",
  "SubState",
  "MainPID",
  "ExecMainCode",
  "ExecMainStatus",
  "NRestarts",
] as const;

/** Of `waitid`: how a process ended. */
const EXITED = "1";
const KILLED: readonly string[] = ["2", "3"];

export function readShow(text: string): ServiceLook {
  const values = new Map(
    text.split("\n").flatMap((line): [string, string][] => {
      const equals = line.indexOf("=");
      return equals < 0 ? [] : [[line.slice(0, equals), line.slice(equals + 1)]];
    }),
  );
  const pid = Number(values.get("MainPID") ?? 0);
  const restarts = values.get("NRestarts");
  return {
    state: readState(values),
    pid: pid === 0 ? null : pid,
    lastExit: readLastExit(values.get("ExecMainCode"), Number(values.get("ExecMainStatus"))),
    restartCount: restarts === undefined || restarts === "" ? null : Number(restarts),
  };
}

function readState(values: ReadonlyMap<string, string>): ServiceLook["state"] {
  const isKnown = values.get("LoadState") === "loaded";
  const active = values.get("ActiveState");
  // A unit whose file was removed while it runs is still to be stopped.
  if (!isKnown && active !== "active") return "absent";
  if (active === "active" || active === "reloading" || active === "deactivating") return "running";
  if (active !== "activating") return "stopped";
  // `start` is the moment before the program is executed, `auto-restart` the wait for it.
  return values.get("SubState") === "auto-restart" ? "waiting" : "running";
}

function readLastExit(code: string | undefined, status: number): string | null {
  if (code === EXITED) return `ended with code ${status}`;
  if (code === undefined || !KILLED.includes(code)) return null;
  const name = Object.entries(constants.signals).find(([, number]) => number === status)?.[0];
  return `was ended by ${name ?? `signal ${status}`}`;
}
