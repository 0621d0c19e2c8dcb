import {
  createInngestApi,
  createUpdateFeed,
  type InngestApi,
  type UpdateFeed,
} from "@system-bus/inngest-api";
import type { Settings } from "@system-bus/settings";
import type { CommonFlags } from "./action.ts";
import type { CliContext } from "./context.ts";
import { loadSettings } from "./load-settings.ts";

export interface ConnectionFlags extends CommonFlags {
  readonly engineUrl?: string;
}

export interface Connection {
  readonly settings: Settings;
  readonly api: InngestApi;
  /** Nothing is asked of the engine before someone listens. */
  readonly updates: UpdateFeed;
}

/** What every command that talks to the engine begins with. Without a mode, the settings decide. */
export function connect(
  context: Pick<CliContext, "env">,
  { engineUrl }: ConnectionFlags,
  mode?: Settings["mode"],
): Connection {
  const settings = loadSettings(context, {
    flags: engineUrl === undefined ? {} : { engineUrl },
    ...(mode === undefined ? {} : { mode }),
  });
  const { engineUrl: baseUrl, eventKey, signingKey } = settings;
  return {
    settings,
    api: createInngestApi({ baseUrl, eventKey, signingKey }),
    updates: createUpdateFeed({ baseUrl, signingKey }),
  };
}
