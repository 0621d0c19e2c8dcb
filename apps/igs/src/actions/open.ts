import { type InngestApi, InngestApiError } from "@system-bus/inngest-api";
import { createAction } from "../action.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import { findFunction } from "../find-function.ts";
import { dashboardAddress, type Sight } from "../open/dashboard-address.ts";
import { CliError } from "../output/failure.ts";
import { probeEngine } from "../status/probe-engine.ts";

export interface OpenFlags extends ConnectionFlags {
  readonly print?: boolean;
}

export const open = createAction<OpenFlags, [string?]>("open", async ({ context }, flags, id) => {
  const { api, settings } = connect(context, flags);
  const { kind } = await probeEngine(settings.engineUrl);
  if (kind === "none" || kind === "other") throw noDashboard(settings.engineUrl, kind);
  const sight = id === undefined ? ({ kind: "all" } as const) : await findSight(api, id);
  const address = dashboardAddress(settings.engineUrl, kind, sight);
  const isOpened = !flags.print && (await context.openAddress(address));
  return {
    result: { address, isOpened },
    text: isOpened || flags.print ? address : `No browser could be started here: ${address}`,
    nextActions: [{ command: "igs status", description: "Whether everything is well" }],
  };
});

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

async function findSight(api: InngestApi, id: string): Promise<Sight> {
  if (!ULID.test(id)) {
    const fn = await findFunction(api, { functionId: id });
    return { kind: "function", appId: fn.app.id, functionId: fn.id };
  }
  if (await isThere(api.getRun(id))) return { kind: "run", runId: id };
  if (await isThere(api.getEvent(id))) return { kind: "event", eventId: id };
  throw new CliError({
    code: "not-found",
    message: `No run and no event has the id ${id}.`,
    fix: "`igs runs` and `igs events` list those that are.",
  });
}

async function isThere(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (error) {
    if (error instanceof InngestApiError && error.code === "not-found") return false;
    throw error;
  }
}

function noDashboard(engineUrl: string, kind: "none" | "other"): CliError {
  const what = kind === "none" ? "No engine answers" : "Something that is no engine answers";
  return new CliError({
    code: "unreachable",
    message: `${what} at ${engineUrl}, so there is no dashboard.`,
    fix: "Start one with `igs dev` or `igs start`, or set INNGEST_BASE_URL to where yours listens.",
  });
}
