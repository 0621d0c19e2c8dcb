import { BUS_APP_ID } from "@system-bus/events";
import type { App, AppFunction } from "@system-bus/inngest-api";
import { z } from "zod";
import { failed, type Verdict, well } from "./check-result.ts";
import type { VerifyScene } from "./verify-scene.ts";
import { waitUntil } from "./wait-until.ts";

/** A worker that has just started tells the engine within a second or two. */
const REGISTERED_MAX_MS = 10_000;
const ANSWER_MAX_MS = 5_000;

const HealthSchema = z.object({ functions: z.array(z.string()).default([]) });

/** What the worker has, and what the engine knows of it. */
export interface Registered {
  readonly workerOrigin: string;
  /** Ids of the functions that the code has; none when it doesn't tell, null when no worker answers. */
  readonly coded: readonly string[] | null;
  readonly app: App | null;
  readonly functions: readonly AppFunction[];
}

/** The engine has to know each function that the code has, at the address where this worker answers. */
export async function checkWorker(scene: VerifyScene): Promise<Verdict> {
  let verdict = failed("it was not looked at", "Try again.");
  await waitUntil(scene, REGISTERED_MAX_MS, async () => {
    verdict = judgeWorker(await lookAtWorker(scene));
    return verdict.state === "well" ? verdict : null;
  });
  return verdict;
}

async function lookAtWorker({ api, workerOrigin, signal }: VerifyScene): Promise<Registered> {
  const [coded, apps] = await Promise.all([
    askFunctions(workerOrigin, signal),
    api.listApps({ signal }),
  ]);
  const app = apps.find(({ id }) => id === BUS_APP_ID) ?? null;
  const functions = app === null ? [] : await api.listFunctions({ appId: app.id, signal });
  return { workerOrigin, coded, app, functions };
}

export function judgeWorker({ workerOrigin, coded, app, functions }: Registered): Verdict {
  if (coded === null) {
    return failed(
      `no worker answers at ${workerOrigin}`,
      "Start it with `igs start`; `igs status` tells what else is wrong.",
      { workerOrigin },
    );
  }
  if (coded.length === 0) {
    return failed(
      `the worker at ${workerOrigin} doesn't tell which functions it has: it is of an earlier release`,
      "Stop it and start it anew.",
      { workerOrigin },
    );
  }
  const known = new Map(functions.map((fn) => [fn.id, fn]));
  const missing = coded.filter((id) => !known.has(id));
  const calledAt = app?.latestSync?.url;
  const evidence = {
    workerOrigin,
    functions: coded.length,
    ...(calledAt === undefined ? {} : { calledAt }),
  };
  if (missing.length > 0) {
    return failed(
      `the engine doesn't know ${missing.length} of the worker's ${coded.length} functions: ${missing.join(", ")}`,
      `The worker registers every 30 s by itself; ${workerOrigin}/health tells why it could not.`,
      { ...evidence, missing },
    );
  }
  const faulty = coded.filter((id) => known.get(id)?.problem !== undefined);
  if (faulty.length > 0) {
    return failed(
      `the engine refuses to start ${faulty.join(", ")}`,
      "`igs functions` tells why.",
      { ...evidence, faulty },
    );
  }
  if (calledAt !== undefined && portOf(calledAt) !== portOf(workerOrigin)) {
    return failed(
      `the engine calls another worker, at ${calledAt}`,
      `Stop that one; the worker at ${workerOrigin} registers within 30 s.`,
      evidence,
    );
  }
  return well(`its ${coded.length} functions are registered as the code has them`, evidence);
}

async function askFunctions(
  origin: string,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  try {
    const response = await fetch(`${origin}/health`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MAX_MS)]),
    });
    const parsed = HealthSchema.safeParse(await response.json());
    return parsed.success ? parsed.data.functions : null;
  } catch {
    return null;
  }
}

/** Only the port: a container knows this machine by another name. */
function portOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { port, protocol } = new URL(url);
  return port === "" ? (protocol === "https:" ? "443" : "80") : port;
}
