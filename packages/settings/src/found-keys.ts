// Keys that somebody made before us: those of a keys file, or of a container that runs.

import type { z } from "zod";
import { eventKey, signingKey } from "./value-schemas.ts";

/** What can be used of them, as the settings file would hold it. */
export interface FoundKeys {
  readonly eventKey: string | undefined;
  /** Without its `signkey-ENV-` prefix. */
  readonly signingKey: string | undefined;
}

export interface KeysRead extends FoundKeys {
  /** Why a key can't be used, each with its cure; never the key. */
  readonly problems: readonly string[];
}

/** Reads INNGEST_EVENT_KEY and INNGEST_SIGNING_KEY; those that are not there are undefined. */
export function readFoundKeys(values: ReadonlyMap<string, string>): KeysRead {
  const problems: string[] = [];
  const read = (name: string, schema: z.ZodType<string>) => {
    const text = values.get(name)?.trim();
    if (text === undefined || text === "") return undefined;
    const parsed = schema.safeParse(text);
    if (!parsed.success) problems.push(`${name} ${parsed.error.issues[0]?.message}`);
    return parsed.data;
  };
  return {
    eventKey: read("INNGEST_EVENT_KEY", eventKey),
    signingKey: read("INNGEST_SIGNING_KEY", signingKey),
    problems,
  };
}
