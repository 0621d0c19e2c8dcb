import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { createInngestApi, type InngestApi } from "@system-bus/inngest-api";
import { type EngineKeys, isLoopback, readKeys, type Settings } from "@system-bus/settings";
import type { CliContext } from "../context.ts";
import { CliError } from "../output/failure.ts";

export interface TargetFlags {
  readonly to: string;
  /** A file of NAME=value lines, which holds the target's keys. */
  readonly toKeys?: string;
}

export interface Target {
  readonly url: string;
  readonly api: InngestApi;
}

/**
 * The engine that runs are moved to. An engine of this machine has the keys of the settings, unless a file
 * names others; no other machine is sent them without a word of their owner.
 */
export async function openTarget(
  context: Pick<CliContext, "cwd">,
  settings: Settings,
  { to, toKeys }: TargetFlags,
): Promise<Target> {
  const url = new URL(to).origin;
  if (isSameAddress(url, settings.engineUrl)) {
    throw new CliError({
      code: "usage",
      message: `Source and target are the same engine, ${url}.`,
      fix: "Name the engine that has the runs with --engine-url, and the other one with --to.",
    });
  }
  const keys =
    toKeys === undefined ? ownKeys(settings, url) : await loadKeys(resolve(context.cwd, toKeys));
  return { url, api: createInngestApi({ baseUrl: url, ...keys }) };
}

function ownKeys({ eventKey, signingKey }: Settings, url: string): EngineKeys {
  if (isLoopback(new URL(url).hostname)) return { eventKey, signingKey };
  throw new CliError({
    code: "usage",
    message: `${url} is not on this machine: which keys does it have?`,
    fix: "Name a file with its INNGEST_EVENT_KEY and INNGEST_SIGNING_KEY: --to-keys .env.inngest.",
  });
}

async function loadKeys(file: string): Promise<EngineKeys> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(
      {
        code: "usage",
        message: `The file of the target's keys can't be read: ${reason}`,
        fix: "Give --to-keys a file with INNGEST_EVENT_KEY=… and INNGEST_SIGNING_KEY=….",
      },
      { cause },
    );
  });
  return readKeys(text, file);
}

function isSameAddress(one: string, other: string): boolean {
  return readable(one) === readable(other);
}

/** All names of loopback are one place. */
function readable(address: string): string {
  const url = new URL(address);
  return `${isLoopback(url.hostname) ? "loopback" : url.hostname}:${url.port}`;
}
