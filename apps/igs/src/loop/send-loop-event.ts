import type { AppFunction, InngestApi } from "@system-bus/inngest-api";
import type { Connection } from "../connect.ts";
import type { CliContext } from "../context.ts";
import type { Io } from "../output/io.ts";
import { journalledApi } from "../recover/sent-events-of.ts";
import { checkEvent, findListenerWarnings } from "../send/check-event.ts";

export interface LoopEvent {
  readonly name: string;
  readonly id: string;
  readonly data: Record<string, unknown>;
}

export interface SentLoopEvent {
  readonly eventIds: readonly string[];
  /** Why nobody may hear it; empty when a function listens. */
  readonly warnings: readonly string[];
}

/** Held to its schema first; a malformed one throws, and nothing is sent. */
export async function sendLoopEvent(
  connection: Pick<Connection, "api" | "settings">,
  { io, context }: { readonly io: Pick<Io, "warn">; readonly context: Pick<CliContext, "env"> },
  { name, id, data }: LoopEvent,
): Promise<SentLoopEvent> {
  const checked = checkEvent(name, data);
  const { api } = connection;
  const sender = await journalledApi(context, connection, io);
  const eventIds = await sender.sendEvents([{ name: checked.name, id, data: checked.data }]);
  const warnings = findListenerWarnings(checked, await listFunctionsIfReachable(api));
  for (const warning of warnings) io.warn(warning);
  return { eventIds, warnings };
}

/** Only for a warning: an event that was sent stays sent when the list can't be read. */
async function listFunctionsIfReachable(api: InngestApi): Promise<readonly AppFunction[] | null> {
  try {
    return await api.listFunctions({ signal: AbortSignal.timeout(2_000) });
  } catch {
    return null;
  }
}

const MINUTE_MS = 60_000;

/**
 * The id of what a person says. It holds the minute: a second send of the same word starts nothing
 * twice, but one that is said again, because its run has failed, is not swallowed for a day. Whoever
 * takes it goes by the record, so hearing it twice changes nothing.
 */
export function personsEventId(
  loopId: string,
  parts: readonly (string | number)[],
  nowMs: number,
): string {
  return ["loop", loopId, ...parts, Math.floor(nowMs / MINUTE_MS)].join(":");
}
