import { CliError, type Failure, type FailureCode } from "./failure.ts";

/**
 * Any error as what a person is told. The packages' errors are known by their names, not by their
 * classes: importing the classes would load every package into every command.
 */
export function describeFailure(error: unknown): Failure {
  if (error instanceof CliError)
    return { code: error.code, message: error.message, fix: error.fix };
  if (!(error instanceof Error)) return internal(String(error));
  const { name, message } = error;
  const fix = "fix" in error && typeof error.fix === "string" ? error.fix : undefined;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (name === "InngestApiError" && code === "unsupported") {
    return { code: "unavailable", message, fix: fix ?? "Use the embedded engine: `igs dev`." };
  }
  if (name === "InngestApiError" && isApiCode(code)) {
    return { code, message, fix: fix ?? "Run `igs status` to see what is wrong." };
  }
  const known = PACKAGE_FAILURES[name]?.[code];
  if (known) return { message, ...known };
  if (name === "SettingsError") {
    return {
      code: "settings",
      message,
      fix: fix ?? "Correct the setting; `igs config` shows each one and where it comes from.",
    };
  }
  if (name === "SystemLogError") {
    return {
      code: "log",
      message,
      fix: fix ?? "Check that the vault is there and can be written: `igs config` shows its path.",
    };
  }
  if (code === "EADDRINUSE") {
    return { code: "port-taken", message, fix: "Stop what listens there, or choose another port." };
  }
  return internal(error.stack ?? `${name}: ${message}`);
}

/** What can keep the embedded engine from starting, and its database from being worked on. */
const ENGINE_FAILURES: Failures = {
  PORT_TAKEN: { code: "port-taken", fix: "Stop what listens there, or choose another --port." },
  DATA_IN_USE: {
    code: "unavailable",
    fix: "Stop the other engine, or give this one its own --data folder.",
  },
  DATABASE_TOO_NEW: {
    code: "unavailable",
    fix: "Use the version of System Bus that wrote it, or a newer one.",
  },
  DATABASE_DAMAGED: {
    code: "unhealthy",
    fix: "Stop the engine and run `igs engine restore BACKUP`; the damaged file is kept aside.",
  },
  BACKUP_REFUSED: {
    code: "invalid",
    fix: "Name another file; --force replaces one that is there.",
  },
  BACKUP_ABANDONED: { code: "server", fix: "Try again when less is going on." },
  UPKEEP_BUSY: { code: "unavailable", fix: "Try again when it is done." },
  NOT_FOUND: {
    code: "not-found",
    fix: "Check the path; --data names a data folder, and `igs config` shows where the bus keeps its own.",
  },
  OPTIONS_INVALID: { code: "settings", fix: "Correct the flag or variable that is named." },
  STORAGE_FAILED: { code: "unavailable", fix: "Check the disk and the rights on the data folder." },
};

/** What an earlier release may not work on, and what can't be written at all. */
const STATE_FAILURES: Failures = {
  STATE_TOO_NEW: {
    code: "refused",
    fix: "Start the later release; to go back for good, restore a backup that the earlier one has made.",
  },
  STATE_NOT_WRITTEN: { code: "unavailable", fix: "Check the disk and the rights on that folder." },
};

/** What keeps a coding loop from being started, read or changed. The messages say what to do, too. */
const LOOP_FAILURES: Failures = {
  PRD_INVALID: {
    code: "refused",
    fix: "Correct those places; `igs schema agent/loop.start` shows what a PRD holds.",
  },
  PROJECT_REFUSED: { code: "refused", fix: "Name a repository below a folder of LOOP_PROJECTS." },
  PROJECT_UNFIT: { code: "refused", fix: "Put the repository in order, then try again." },
  PROJECT_HELD: { code: "refused", fix: "`igs loop list` shows which loop holds it." },
  LOOP_UNKNOWN: { code: "not-found", fix: "`igs loop list` shows those that are." },
  LOOP_EXISTS: { code: "refused", fix: "Start it again: it gets another id." },
  LOOP_STATE: { code: "refused", fix: "`igs loop status` shows where the loop is." },
  RECORD_DAMAGED: { code: "unhealthy", fix: "`igs loop diagnose` tells what can be done." },
  GIT_FAILED: { code: "invalid", fix: "`igs loop diagnose` looks at clone and branch." },
  BRANCH_MOVED: { code: "invalid", fix: "`igs loop diagnose` tells where the branch is." },
  CHANGE_REFUSED: { code: "invalid", fix: "`igs loop attempts` tells why." },
  AGENT_MISSING: { code: "unavailable", fix: "Install it, or name others with --tools." },
};

type Failures = Readonly<Record<string, Pick<Failure, "code" | "fix">>>;

/** By the name of a package's error, then by its code. */
const PACKAGE_FAILURES: Readonly<Record<string, Failures>> = {
  EngineError: ENGINE_FAILURES,
  LoopsError: LOOP_FAILURES,
  SettingsError: STATE_FAILURES,
};

const API_CODES = ["unreachable", "unauthorized", "not-found", "invalid", "server"] as const;

function isApiCode(code: string): code is (typeof API_CODES)[number] & FailureCode {
  return API_CODES.some((known) => known === code);
}

function internal(message: string): Failure {
  return {
    code: "internal",
    message: `Unexpected error: ${message}`,
    fix: "This is a fault of igs: please report it with the lines above.",
  };
}
