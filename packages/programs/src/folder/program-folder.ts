import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { ProgramError } from "../program-error.ts";
import { checkProgramKey, isProgramKey } from "../program-key.ts";
import {
  type ClaimRecord,
  type CollectedRecord,
  type EndedRecord,
  type HeartbeatRecord,
  type LaunchRecord,
  parseClaim,
  parseCollected,
  parseEnded,
  parseHeartbeat,
  parseLaunch,
  parseRequest,
  type RequestRecord,
} from "./records.ts";
import { errorCode, replaceFile, writeOnce } from "./write-file.ts";

/** One program on disk. `README.md` has the map. */
export interface ProgramFolder {
  readonly key: string;
  readonly path: string;
  readonly stdoutPath: string;
  readonly stderrPath: string;
  readonly supervisorLogPath: string;
  /** Where the program starts when its spec names no other place. */
  readonly workPath: string;
  exists(): Promise<boolean>;
  /** When a file was last added to it; null when it is not there. */
  changedAtMs(): Promise<number | null>;
  make(): Promise<void>;
  readRequest(): Promise<RequestRecord | null>;
  readClaim(): Promise<ClaimRecord | null>;
  readLaunch(): Promise<LaunchRecord | null>;
  readHeartbeat(): Promise<HeartbeatRecord | null>;
  readEnded(): Promise<EndedRecord | null>;
  readCollected(): Promise<CollectedRecord | null>;
  writeRequest(record: RequestRecord): Promise<void>;
  /** False when another supervisor has the claim. */
  writeClaim(record: ClaimRecord): Promise<boolean>;
  writeLaunch(record: LaunchRecord): Promise<boolean>;
  writeHeartbeat(record: HeartbeatRecord): Promise<void>;
  /** False when the end is told already. */
  writeEnded(record: EndedRecord): Promise<boolean>;
  writeCollected(record: CollectedRecord): Promise<boolean>;
  /** Takes the folder away in one move before it deletes, so that no half of it can be misread. */
  retire(): Promise<void>;
}

const RETIRED = ".retired";

export function openProgramFolder(dir: string, key: string): ProgramFolder {
  const path = join(dir, checkProgramKey(key));
  const at = (name: string) => join(path, name);
  const workPath = at("work");
  return {
    key,
    path,
    stdoutPath: at("stdout.log"),
    stderrPath: at("stderr.log"),
    supervisorLogPath: at("supervisor.log"),
    workPath,
    exists: async () => (await changedAtMs(path)) !== null,
    changedAtMs: () => changedAtMs(path),
    make: async () => {
      await mkdir(workPath, { recursive: true, mode: 0o700 });
    },
    // These two are replaced without a sync: after a power cut they may be empty, and nothing that
    // matters is decided by them.
    readRequest: () => readRecord(at("request.json"), parseRequest).catch(ignoreDamage),
    readHeartbeat: () => readRecord(at("heartbeat.json"), parseHeartbeat).catch(ignoreDamage),
    readClaim: () => readRecord(at("claim.json"), parseClaim),
    readLaunch: () => readRecord(at("launch.json"), parseLaunch),
    readEnded: () => readRecord(at("ended.json"), parseEnded),
    readCollected: () => readRecord(at("collected.json"), parseCollected),
    writeRequest: (record) => replaceFile(at("request.json"), toJson(record)),
    writeClaim: (record) => writeOnce(at("claim.json"), toJson(record)),
    writeLaunch: (record) => writeOnce(at("launch.json"), toJson(record)),
    writeHeartbeat: (record) => replaceFile(at("heartbeat.json"), toJson(record)),
    writeEnded: (record) => writeOnce(at("ended.json"), toJson(record)),
    writeCollected: (record) => writeOnce(at("collected.json"), toJson(record)),
    retire: async () => {
      await mkdir(join(dir, RETIRED), { recursive: true, mode: 0o700 });
      const grave = join(dir, RETIRED, key);
      await rm(grave, { recursive: true, force: true });
      await rename(path, grave).catch(ignoreMissing);
      await rm(grave, { recursive: true, force: true });
    },
  };
}

/** All programs, the latest runs first: a ULID sorts by time. */
export async function listProgramKeys(dir: string): Promise<readonly string[]> {
  const names = await readdir(dir).catch(ignoreMissing);
  return (names ?? []).filter(isProgramKey).sort().reverse();
}

async function readRecord<T>(path: string, parse: (value: unknown) => T): Promise<T | null> {
  const text = await readFile(path, "utf8").catch(ignoreMissing);
  if (text === undefined) return null;
  try {
    return parse(JSON.parse(text));
  } catch (cause) {
    throw new ProgramError(
      "RECORD_UNREADABLE",
      `${path} cannot be read (${cause instanceof Error ? cause.message : "damaged"}). See that none of the program's processes lives, then remove its folder.`,
      { cause },
    );
  }
}

async function changedAtMs(path: string): Promise<number | null> {
  return (await stat(path).catch(ignoreMissing))?.mtimeMs ?? null;
}

function ignoreMissing(error: unknown): undefined {
  if (errorCode(error) !== "ENOENT") throw error;
}

function ignoreDamage(error: unknown): null {
  if (error instanceof ProgramError) return null;
  throw error;
}

function toJson(record: object): string {
  return `${JSON.stringify(record)}\n`;
}
