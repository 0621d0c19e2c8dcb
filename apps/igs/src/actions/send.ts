import { resolve } from "node:path";
import type { AppFunction, EventToSend, InngestApi } from "@system-bus/inngest-api";
import { createAction } from "../action.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import { followEvents } from "../follow/follow-events.ts";
import { checkEvent, findListenerWarnings } from "../send/check-event.ts";
import { readEventData } from "../send/event-input.ts";

export interface SendFlags extends ConnectionFlags {
  readonly data?: string;
  readonly url?: string;
  readonly id?: string;
  readonly ts?: number;
  readonly follow?: boolean;
}

export const send = createAction<SendFlags, [string]>(
  "send",
  async ({ io, context }, flags, name) => {
    const data = await readEventData(flags, {
      readStdin: context.readStdin,
      readFile: (path) => Bun.file(resolve(context.cwd, path)).text(),
    });
    const checked = checkEvent(name, data);
    const { api, updates, settings } = connect(context, flags);
    const signal = flags.follow ? context.listenForStop() : undefined;
    const eventIds = await api.sendEvents([toEvent(checked, flags)], { signal });
    const functions = await listFunctionsIfReachable(api);
    const warnings = [...checked.warnings, ...findListenerWarnings(checked, functions)];
    for (const warning of warnings) io.warn(warning);
    const result = { name: checked.name, eventIds, warnings };
    if (!signal) {
      return {
        result,
        text: `Sent ${checked.name}  ${io.paint.faint(eventIds.join(", "))}`,
        nextActions: [
          { command: "igs runs", description: "The runs that it started" },
          { command: `igs events --name ${checked.name}`, description: "The event as it arrived" },
        ],
      };
    }
    const workerOrigin = new URL(settings.workerUrl).origin;
    const followed = await followEvents({ api, updates, io, eventIds, workerOrigin, signal });
    const { runs, ...rest } = followed;
    return { result: { ...result, runs }, ...rest };
  },
);

function toEvent(
  { name, data }: { readonly name: string; readonly data: Record<string, unknown> },
  { id, ts }: SendFlags,
): EventToSend {
  return { name, data, ...(id === undefined ? {} : { id }), ...(ts === undefined ? {} : { ts }) };
}

/** Only for a warning: an event that was sent stays sent when the list can't be read. */
async function listFunctionsIfReachable(api: InngestApi): Promise<readonly AppFunction[] | null> {
  try {
    return await api.listFunctions({ signal: AbortSignal.timeout(2_000) });
  } catch {
    return null;
  }
}
