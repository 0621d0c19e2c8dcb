// What a running engine is asked about its database: routes of our own, beside Inngest's API.

import { realpathSync } from "node:fs";
import type { BackupSource } from "@system-bus/engine";
import { z } from "zod";
import { CliError } from "../output/failure.ts";
import { parseJson } from "../parse-json.ts";

export interface RunningEngine {
  readonly url: string;
  readonly signingKey: string | undefined;
  /** The folder that its database must lie in; null takes whatever it has. */
  readonly folder: string | null;
}

const SpaceSchema = z.object({
  fileBytes: z.number(),
  freeBytes: z.number(),
  logBytes: z.number(),
});
const CompactionSchema = z.object({
  before: SpaceSchema,
  after: SpaceSchema,
  givesBack: z.boolean(),
});
const ErrorSchema = z.object({ error: z.string().min(1) });

/** The bytes of a backup, as they come. */
export async function openRunningBackup(
  engine: RunningEngine,
  signal: AbortSignal,
): Promise<BackupSource> {
  const response = await ask(engine, "backup", signal);
  const reader = response.body?.getReader();
  const sizeBytes = Number(response.headers.get("x-backup-bytes"));
  if (!reader || !Number.isSafeInteger(sizeBytes) || sizeBytes <= 0) throw unknownAnswer(engine);
  return {
    sizeBytes,
    read: async () => {
      try {
        const { done, value } = await reader.read();
        return done ? null : value;
      } catch (cause) {
        if (signal.aborted) throw cause;
        throw new CliError(
          {
            code: "server",
            message: `The engine at ${engine.url} broke the backup off.`,
            fix: "Its output says why; try again when less is going on.",
          },
          { cause },
        );
      }
    },
  };
}

export async function compactRunning(engine: RunningEngine, signal: AbortSignal) {
  const response = await ask(engine, "compact", signal);
  const parsed = CompactionSchema.safeParse(parseJson(await response.text()));
  if (!parsed.success) throw unknownAnswer(engine);
  return parsed.data;
}

async function ask(
  engine: RunningEngine,
  what: "backup" | "compact",
  signal: AbortSignal,
): Promise<Response> {
  const { url, signingKey } = engine;
  const headers = signingKey === undefined ? {} : { authorization: `Bearer ${signingKey}` };
  const response = await fetch(`${url}/api/engine/${what}`, {
    method: "POST",
    headers,
    redirect: "manual",
    signal,
  }).catch((cause: unknown) => {
    if (signal.aborted) throw cause;
    throw noAnswer(engine, cause);
  });
  if (!response.ok) throw refusal(engine, response.status, await response.text());
  refuseOtherFolder(engine, response);
  return response;
}

/** Another engine than the one that holds the lock may listen there: its database is not what was asked for. */
function refuseOtherFolder({ url, folder }: RunningEngine, response: Response): void {
  const found = decodeURIComponent(response.headers.get("x-data-folder") ?? "");
  if (folder === null || found === realpathSync(folder)) return;
  void response.body?.cancel();
  throw new CliError({
    code: "unavailable",
    message: `An engine uses ${folder}, but the one at ${url} has its database in ${found || "memory"}.`,
    fix: "Name the engine that uses the folder with --engine-url.",
  });
}

function refusal({ url }: RunningEngine, status: number, body: string): CliError {
  const parsed = ErrorSchema.safeParse(parseJson(body));
  const reason = parsed.success ? parsed.data.error : `${url} answered ${status}`;
  if (status === 401 || status === 403) {
    const fix = "Set INNGEST_SIGNING_KEY to the key that the engine was started with.";
    return new CliError({ code: "unauthorized", message: reason, fix });
  }
  if (status === 404) {
    return new CliError({
      code: "unavailable",
      message: `What listens at ${url} is no embedded engine of this release.`,
      fix: "Name the embedded engine with --engine-url, or stop it and use its --data folder.",
    });
  }
  if (status === 409 || status === 503) {
    return new CliError({ code: "unavailable", message: reason, fix: "Try again later." });
  }
  if (status >= 500) {
    const fix = "Look at the engine's own output, then try again.";
    return new CliError({ code: "server", message: reason, fix });
  }
  const fix = "`igs start` keeps its state on the disk; `igs dev` doesn't.";
  return new CliError({ code: "invalid", message: reason, fix });
}

function noAnswer({ url, folder }: RunningEngine, cause: unknown): CliError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message =
    folder === null
      ? `No engine answers at ${url} (${reason}).`
      : `An engine uses ${folder}, but none answers at ${url} (${reason}).`;
  const fix = "Name the engine with --engine-url, or stop it and try again.";
  return new CliError({ code: "unreachable", message, fix }, { cause });
}

function unknownAnswer({ url }: RunningEngine): CliError {
  return new CliError({
    code: "server",
    message: `${url} answered something else than an embedded engine of this release.`,
    fix: "Name the embedded engine with --engine-url.",
  });
}
