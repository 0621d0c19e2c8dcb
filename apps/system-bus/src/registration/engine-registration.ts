import { BUS_APP_ID } from "@system-bus/events";
import { z } from "zod";
import {
  type FunctionShape,
  findDrift,
  isSameWorker,
  readRegisteredShapes,
} from "./function-shape.ts";
import { type RegistrationCheck, RegistrationError } from "./registration.ts";

export interface EngineAddress {
  readonly engineUrl: string;
  readonly signingKey: string | undefined;
}

export interface CheckRequest extends EngineAddress {
  readonly workerUrl: string;
  readonly coded: readonly FunctionShape[];
  readonly fetch: typeof fetch;
}

const ANSWER_MAX_MS = 10_000;

/**
 * Compares through the documented API, which the real server has, too. An answer that can't be read
 * counts as drift: registering once more than needed changes nothing.
 */
export async function checkRegistration(request: CheckRequest): Promise<RegistrationCheck> {
  const app = await ask(request, `/api/v2/apps/${BUS_APP_ID}`);
  if (app.kind === "unreachable") return { kind: "engine-down", problem: app.problem };
  if (!app.isOk)
    return { kind: "drifted", reason: `the engine answers ${app.status} about this app` };
  if (!isSameWorker(app.body, request.workerUrl)) {
    return { kind: "drifted", reason: "the engine calls another address" };
  }
  const registered = await askForShapes(request);
  if ("problem" in registered) return { kind: "engine-down", problem: registered.problem };
  if (registered.shapes === null)
    return { kind: "drifted", reason: "the engine does not tell its functions" };
  const drift = findDrift(request.coded, registered.shapes);
  return drift === null ? { kind: "as-coded" } : { kind: "drifted", reason: drift };
}

const PAGE_SIZE = 100;
const PAGES_MAX = 100;

type AskedShapes =
  | { readonly problem: string }
  | { readonly shapes: readonly FunctionShape[] | null };

/** Page by page: without a limit a server tells twenty. */
async function askForShapes(request: CheckRequest): Promise<AskedShapes> {
  const shapes: FunctionShape[] = [];
  let cursor: string | null = "";
  for (let page = 0; page < PAGES_MAX && cursor !== null; page += 1) {
    const after: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `/api/v2/apps/${BUS_APP_ID}/functions?limit=${PAGE_SIZE}${after}`;
    const answer: Answer = await ask(request, path);
    if (answer.kind === "unreachable") return { problem: answer.problem };
    const read = answer.isOk ? readRegisteredShapes(answer.body) : null;
    if (read === null) return { shapes: null };
    shapes.push(...read.shapes);
    cursor = read.nextCursor;
  }
  return { shapes };
}

type Answer =
  | {
      readonly kind: "answer";
      readonly isOk: boolean;
      readonly status: number;
      readonly body: unknown;
    }
  | { readonly kind: "unreachable"; readonly problem: string };

async function ask({ engineUrl, signingKey, fetch }: CheckRequest, path: string): Promise<Answer> {
  try {
    const response = await fetch(`${engineUrl}${path}`, {
      headers: signingKey === undefined ? {} : { authorization: `Bearer ${signingKey}` },
      signal: AbortSignal.timeout(ANSWER_MAX_MS),
    });
    const body: unknown = await response.json().catch(() => null);
    return { kind: "answer", isOk: response.ok, status: response.status, body };
  } catch {
    return { kind: "unreachable", problem: describeEngineDown(engineUrl) };
  }
}

function describeEngineDown(engineUrl: string): string {
  return `no engine answers on ${engineUrl}: start one with "igs dev" or "igs start", or set INNGEST_BASE_URL`;
}

const SyncAnswer = z.object({ message: z.string() });

export interface SelfCall {
  readonly engineUrl: string;
  readonly workerUrl: string;
  /** The worker's own serve endpoint, called without the network. */
  readonly call: (request: Request) => Response | Promise<Response>;
  readonly fetch: typeof fetch;
}

/** What `curl -X PUT` on the serve endpoint does: the SDK tells the engine its functions. */
export async function registerAtEngine({
  call,
  workerUrl,
  engineUrl,
  fetch,
}: SelfCall): Promise<void> {
  // Asked first, because the SDK logs a stack for each try on an engine that is not there.
  const isThere = await isAnswering(engineUrl, fetch);
  if (!isThere) throw new RegistrationError(describeEngineDown(engineUrl), { isEngineDown: true });
  const response = await call(new Request(workerUrl, { method: "PUT", body: "{}" }));
  if (response.ok) return;
  const body = SyncAnswer.safeParse(await response.json().catch(() => null));
  const said = body.success ? body.data.message : `status ${response.status}`;
  throw new RegistrationError(
    `the engine on ${engineUrl} refuses this worker's functions: ${said}`,
    {
      isEngineDown: false,
    },
  );
}

async function isAnswering(engineUrl: string, fetch: SelfCall["fetch"]): Promise<boolean> {
  try {
    const response = await fetch(`${engineUrl}/health`, {
      signal: AbortSignal.timeout(ANSWER_MAX_MS),
    });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
