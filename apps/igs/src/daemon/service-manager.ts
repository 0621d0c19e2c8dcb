import type { DaemonUnit } from "./daemon-unit.ts";

/**
 * `waiting`: it ended, and is started again in a moment. `stopped`: it is known and does not run.
 * `absent`: the service manager does not know it.
 */
export type ServiceState = "running" | "waiting" | "stopped" | "absent";

export interface ServiceLook {
  readonly state: ServiceState;
  readonly pid: number | null;
  /** How its last process ended, in words; null when none has. */
  readonly lastExit: string | null;
  /** How often it was started again since it was loaded; null when that isn't known. */
  readonly restartCount: number | null;
}

/** launchd or systemd, for the one unit that is ours. Each method throws a CliError when it can't. */
export interface ServiceManager {
  readonly kind: "launchd" | "systemd";
  /** What people call the unit. */
  readonly name: string;
  readonly unitPath: string;
  /** Shows what the unit has said beside its log; null where that is a file beside the log. */
  readonly journalCommand: string | null;
  render(unit: DaemonUnit): string;
  readEnvironment(unitText: string): Readonly<Record<string, string>>;
  look(): Promise<ServiceLook>;
  /** Takes the unit that was written into use, also in the place of an older one, and starts it. */
  load(): Promise<void>;
  /** Stops it and forgets it. Returns when it has ended; the unit's file is still there. */
  unload(): Promise<void>;
  /** Stops it as a reboot would, and starts it. Programs go on. */
  restart(): Promise<void>;
  /** After the unit's file is gone. */
  forget(): Promise<void>;
}
