import {
  asString,
  type Fields,
  readList,
  readNullable,
  readNumber,
  readObject,
  readString,
} from "../folder/fields.ts";
import type { Environment } from "../program-environment.ts";

/**
 * What a supervisor is to do. It comes through its stdin and is never written down: the environment
 * may hold a secret of the program's, and `sendTo` holds the event key.
 */
export interface SupervisorOrder {
  /** The folder of all programs. */
  readonly dir: string;
  readonly key: string;
  readonly runId: string;
  readonly stepId: string;
  readonly attempt: number;
  readonly launch: LaunchOrder;
  readonly slot: { readonly name: string; readonly capacity: number } | null;
  readonly wallClockMaxMs: number;
  /** Null: the supervisor's own graces. */
  readonly graceMaxMs: number | null;
  readonly outputMaxBytes: number;
  readonly sendTo: { readonly baseUrl: string; readonly eventKey: string | null };
}

export interface LaunchOrder {
  /** An absolute path. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** What the program reads as its standard input; null: nothing. */
  readonly inputPath: string | null;
  readonly env: Environment;
}

export function parseOrder(text: string): SupervisorOrder {
  const fields = readObject(JSON.parse(text));
  return {
    dir: readString(fields, "dir"),
    key: readString(fields, "key"),
    runId: readString(fields, "runId"),
    stepId: readString(fields, "stepId"),
    attempt: readNumber(fields, "attempt"),
    launch: parseLaunchOrder(readObject(fields["launch"])),
    slot: readNullable(fields, "slot", () => {
      const slot = readObject(fields["slot"]);
      return { name: readString(slot, "name"), capacity: readNumber(slot, "capacity") };
    }),
    wallClockMaxMs: readNumber(fields, "wallClockMaxMs"),
    graceMaxMs: readNullable(fields, "graceMaxMs", readNumber),
    outputMaxBytes: readNumber(fields, "outputMaxBytes"),
    sendTo: parseSendTo(readObject(fields["sendTo"])),
  };
}

function parseLaunchOrder(fields: Fields): LaunchOrder {
  const env = readObject(fields["env"]);
  return {
    command: readString(fields, "command"),
    args: readList(fields, "args").map(asString),
    cwd: readString(fields, "cwd"),
    inputPath: readNullable(fields, "inputPath", readString),
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, asString(value)])),
  };
}

function parseSendTo(fields: Fields): SupervisorOrder["sendTo"] {
  return {
    baseUrl: readString(fields, "baseUrl"),
    eventKey: readNullable(fields, "eventKey", readString),
  };
}
