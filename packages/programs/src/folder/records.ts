// What a program's folder says, one file per fact. Each file but the heartbeat is written once and
// never changed; together they are the program's life, and any prefix of them is a sound state.

import type { ProcessIdentity } from "../processes/process-table.ts";
import type { ProcessTree, TreeMember } from "../processes/process-tree.ts";
import type { EndedBy } from "../program-spec.ts";
import {
  asNumber,
  asString,
  readList,
  readNullable,
  readNumber,
  readObject,
  readString,
} from "./fields.ts";

/** `request.json`: what a worker asked for. Holds no environment. */
export interface RequestRecord {
  readonly runId: string;
  readonly stepId: string;
  readonly attempt: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly slot: string | null;
  readonly wallClockMaxMs: number;
  readonly requestedAt: string;
}

/** `claim.json`: the supervisor that alone may run this program. */
export interface ClaimRecord {
  readonly supervisor: ProcessIdentity;
  readonly claimedAt: string;
}

/** `launch.json`: the program's process, on disk before its first instruction. */
export interface LaunchRecord {
  readonly program: ProcessIdentity;
  readonly launchedAt: string;
}

/** `heartbeat.json`: rewritten every two seconds while the supervisor lives. */
export interface HeartbeatRecord {
  readonly beatAt: string;
  readonly tree: ProcessTree;
}

/** `ended.json`: no process of the program lives any more, and its slot is free. */
export interface EndedRecord {
  readonly endedBy: EndedBy;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly endedAt: string;
  readonly outputDroppedBytes: number;
}

/** `collected.json`: a run has read the result. */
export interface CollectedRecord {
  readonly collectedAt: string;
}

export function parseRequest(value: unknown): RequestRecord {
  const fields = readObject(value);
  return {
    runId: readString(fields, "runId"),
    stepId: readString(fields, "stepId"),
    attempt: readNumber(fields, "attempt"),
    command: readString(fields, "command"),
    args: readList(fields, "args").map(asString),
    slot: readNullable(fields, "slot", readString),
    wallClockMaxMs: readNumber(fields, "wallClockMaxMs"),
    requestedAt: readString(fields, "requestedAt"),
  };
}

export function parseClaim(value: unknown): ClaimRecord {
  const fields = readObject(value);
  return {
    supervisor: parseIdentity(fields["supervisor"]),
    claimedAt: readString(fields, "claimedAt"),
  };
}

export function parseLaunch(value: unknown): LaunchRecord {
  const fields = readObject(value);
  return {
    program: parseIdentity(fields["program"]),
    launchedAt: readString(fields, "launchedAt"),
  };
}

export function parseHeartbeat(value: unknown): HeartbeatRecord {
  const fields = readObject(value);
  const tree = readObject(fields["tree"]);
  return {
    beatAt: readString(fields, "beatAt"),
    tree: {
      members: readList(tree, "members").map(parseMember),
      groupPids: readList(tree, "groupPids").map((pid) => asNumber(pid)),
      vacantGroupPids: readList(tree, "vacantGroupPids").map((pid) => asNumber(pid)),
    },
  };
}

export function parseEnded(value: unknown): EndedRecord {
  const fields = readObject(value);
  return {
    endedBy: parseEndedBy(fields["endedBy"]),
    exitCode: readNullable(fields, "exitCode", readNumber),
    signal: readNullable(fields, "signal", readString),
    endedAt: readString(fields, "endedAt"),
    outputDroppedBytes: readNumber(fields, "outputDroppedBytes"),
  };
}

export function parseCollected(value: unknown): CollectedRecord {
  return { collectedAt: readString(readObject(value), "collectedAt") };
}

const ENDED_BY = {
  exit: "exit",
  signal: "signal",
  "wall-limit": "wall-limit",
  stopped: "stopped",
  lost: "lost",
} as const satisfies { [Name in EndedBy]: Name };

function parseEndedBy(value: unknown): EndedBy {
  const found = Object.values(ENDED_BY).find((name) => name === value);
  if (found === undefined) throw new Error(`endedBy is ${String(value)}`);
  return found;
}

function parseIdentity(value: unknown): ProcessIdentity {
  const fields = readObject(value);
  return { ...parseMember(value), bootId: readString(fields, "bootId") };
}

function parseMember(value: unknown): TreeMember {
  const fields = readObject(value);
  return { pid: readNumber(fields, "pid"), startMark: readString(fields, "startMark") };
}
