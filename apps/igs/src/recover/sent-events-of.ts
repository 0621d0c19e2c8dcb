import type { EventToSend, InngestApi } from "@system-bus/inngest-api";
import { createSentEvents, type SentEvents } from "@system-bus/sent-events";
import type { Mode } from "@system-bus/settings";
import { systemClock } from "../clock.ts";
import type { Connection } from "../connect.ts";
import type { CliContext } from "../context.ts";
import { loadSettings } from "../load-settings.ts";
import type { Io } from "../output/io.ts";
import { type EngineProbe, probeEngine } from "../status/probe-engine.ts";

/**
 * The journal's folder: that of the mode which the engine is in, so that what was sent to a trial in
 * dev never reaches an engine that stays.
 */
export async function sentEventsFolder(
  context: Pick<CliContext, "env">,
  { settings }: Pick<Connection, "settings">,
): Promise<string> {
  const mode = modeOf(await probeEngine(settings.engineUrl)) ?? settings.mode;
  return loadSettings(context, { mode }).folders.sentEvents;
}

/** A real server in persistent mode has no `/dev`, which tells the version of one in dev mode. */
export function modeOf(probe: EngineProbe): Mode | null {
  if (probe.kind === "inngest") return probe.version === null ? "start" : "dev";
  if (probe.kind !== "embedded" || probe.isDev === null) return null;
  return probe.isDev ? "dev" : "start";
}

/** The journal that this command writes to. */
export function openSentEvents(
  { settings }: Pick<Connection, "settings">,
  folder: string,
  io: Pick<Io, "warn">,
): SentEvents {
  const { engineUrl } = settings;
  return createSentEvents({
    folder,
    engineUrl,
    nowMs: () => systemClock.nowMs(),
    onFault: (message) => io.warn(message),
  });
}

/** The engine's sending door with the journal before it: `igs recover` can repeat what goes through. */
export async function journalledApi(
  context: Pick<CliContext, "env">,
  connection: Pick<Connection, "api" | "settings">,
  io: Pick<Io, "warn">,
): Promise<Pick<InngestApi, "sendEvents">> {
  const folder = await sentEventsFolder(context, connection);
  return journalled(connection.api, openSentEvents(connection, folder, io));
}

/** Sends as `api` does, and journals it. */
export function journalled(
  api: Pick<InngestApi, "sendEvents">,
  sentEvents: SentEvents,
): Pick<InngestApi, "sendEvents"> {
  return {
    async sendEvents(events, options) {
      const named = events.map((event) => sentEvents.withId<EventToSend>(event));
      const send = async () => ({ ids: await api.sendEvents(named, options) });
      const kept = named.map(({ data, ...event }) =>
        data ? { ...event, data: { ...data } } : event,
      );
      return (await sentEvents.around(kept, send)).ids;
    },
  };
}
