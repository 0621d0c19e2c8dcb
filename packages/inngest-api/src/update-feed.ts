// What the embedded engine sends while runs go on (docs/architecture.md, "Updates while runs go on").
// Inngest itself has nothing like it: whoever listens has to look by itself now and then, too.
//
// Invariants:
//   U1. A server that sends no updates is asked once, and never again through this feed.
//   U2. A connection that is lost or refused is tried again, with growing gaps, until `stop`.
//   U3. After `stop` nothing is told.
//   U4. Failures are told to nobody: those of the API itself say what is wrong. So no token is in any message.

import { z } from "zod";
import { type Call, createCaller, type Fetch } from "./caller.ts";
import { InngestApiError } from "./inngest-api-error.ts";

const UpdateSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("run"),
    data: z.object({ runId: z.string(), eventId: z.string(), status: z.string() }),
  }),
  z.object({ kind: z.literal("step"), data: z.object({ runId: z.string() }) }),
  z.object({ kind: z.literal("event"), data: z.object({ eventId: z.string(), name: z.string() }) }),
]);

/** Something happened. A hint to look again; it holds too little to be shown by itself. */
export type EngineUpdate = z.output<typeof UpdateSchema>;

export interface UpdateTopic {
  readonly channel: string;
  readonly name: string;
}

const ENGINE_CHANNEL = "$engine";

/** What one can listen to. */
export const updateTopics = {
  ofRun: (runId: string): readonly UpdateTopic[] => [
    { channel: runId, name: "$run" },
    { channel: runId, name: "$step" },
  ],
  ofAllRuns: [{ channel: ENGINE_CHANNEL, name: "$run" }],
  ofAllSteps: [{ channel: ENGINE_CHANNEL, name: "$step" }],
  ofAllEvents: [{ channel: ENGINE_CHANNEL, name: "$event" }],
} as const;

export interface UpdateListener {
  readonly topics: readonly UpdateTopic[];
  readonly onUpdate: (update: EngineUpdate) => void;
  /** Whether updates come from now on. What happened before is not told: look once. */
  readonly onConnection: (isConnected: boolean) => void;
}

export interface UpdateFeed {
  /** Returns what ends it. */
  listen(listener: UpdateListener): () => void;
}

export interface UpdateFeedOptions {
  readonly baseUrl: string;
  readonly signingKey?: string | undefined;
  readonly fetch?: Fetch;
  /** The first gap before a lost connection is tried again. */
  readonly retryMs?: number;
}

const TIMEOUT_MS = 5_000;
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 30_000;

const HealthSchema = z.object({ engine: z.string().optional() });
const TokenSchema = z.object({ jwt: z.string() });

export function createUpdateFeed(options: UpdateFeedOptions): UpdateFeed {
  const { baseUrl, signingKey, retryMs = RETRY_MS } = options;
  const call = createCaller({
    baseUrl,
    signingKey,
    fetch: options.fetch ?? fetch,
    timeoutMs: TIMEOUT_MS,
  });
  const server: Server = { baseUrl, call, isSilent: null };
  return {
    listen(listener) {
      const stopped = new AbortController();
      void keepListening(server, listener, { retryMs, signal: stopped.signal });
      return () => stopped.abort();
    },
  };
}

interface Server {
  readonly baseUrl: string;
  readonly call: Call;
  /** Null until it was asked (U1). */
  isSilent: boolean | null;
}

/** Never rejects. */
async function keepListening(
  server: Server,
  listener: UpdateListener,
  { retryMs, signal }: { readonly retryMs: number; readonly signal: AbortSignal },
): Promise<void> {
  let gapMs = retryMs;
  while (!signal.aborted) {
    const socket = await connect(server, listener.topics, signal);
    if (server.isSilent) return;
    if (socket) {
      gapMs = retryMs;
      await readToEnd(socket, listener, signal);
    }
    await pause(gapMs, signal);
    gapMs = Math.min(gapMs * 2, RETRY_MS_MAX);
  }
}

/** Null when there is no connection, now or ever (`isSilent`). */
async function connect(
  server: Server,
  topics: readonly UpdateTopic[],
  signal: AbortSignal,
): Promise<WebSocket | null> {
  const { call, baseUrl } = server;
  try {
    if (server.isSilent === null) {
      const { engine } = await call({ method: "GET", path: "/health", signal }, HealthSchema);
      server.isSilent = engine !== "embedded";
    }
    if (server.isSilent) return null;
    const request = { method: "POST", path: "/v1/realtime/token", body: topics, signal } as const;
    const { jwt } = await call(request, TokenSchema);
    return await openSocket(baseUrl, jwt, signal);
  } catch (error) {
    // An embedded engine of before there were updates.
    if (error instanceof InngestApiError && error.code === "not-found") server.isSilent = true;
    return null;
  }
}

/** Null when it does not open. */
function openSocket(
  baseUrl: string,
  token: string,
  signal: AbortSignal,
): Promise<WebSocket | null> {
  const url = new URL(`${baseUrl.replace(/\/+$/, "")}/v1/realtime/connect`);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.searchParams.set("token", token);
  const socket = new WebSocket(url);
  return new Promise((resolve) => {
    socket.addEventListener("open", () => resolve(socket));
    socket.addEventListener("close", () => resolve(null));
    signal.addEventListener("abort", () => socket.close(), { once: true });
  });
}

function readToEnd(
  socket: WebSocket,
  { onUpdate, onConnection }: UpdateListener,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  onConnection(true);
  return new Promise((resolve) => {
    socket.addEventListener("message", ({ data }) => {
      const update = readUpdate(data);
      if (update && !signal.aborted) onUpdate(update);
    });
    socket.addEventListener("close", () => {
      if (!signal.aborted) onConnection(false);
      resolve();
    });
  });
}

function readUpdate(message: unknown): EngineUpdate | null {
  try {
    return UpdateSchema.safeParse(JSON.parse(String(message))).data ?? null;
  } catch {
    return null;
  }
}

/** Ends early when the signal aborts. Browsers, which listen too, have no `node:timers/promises`. */
function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, durationMs);
    signal.addEventListener("abort", wake);
  });
}
