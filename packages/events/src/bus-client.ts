import type { SentEvents } from "@system-bus/sent-events";
import { type ClientOptions, Inngest, type Logger } from "inngest";
import type { BusEvent } from "./catalogue.ts";
import { checkSentEvents, type NameWarning } from "./check-sent-events.ts";
import { EventError } from "./event-error.ts";
import { journalSentEvents } from "./journal-sent-events.ts";

/** The app's id: the engine knows functions as `system-bus-<function id>`. */
export const BUS_APP_ID = "system-bus";

/**
 * What pino is. `flush` is not optional: for a logger without one the SDK waits for a timer on every
 * request, 1.2 ms and more each.
 */
export interface BusLogger extends Logger {
  flush(): void | Promise<void>;
}

export interface BusClientOptions {
  /** True: no signatures, no keys needed. False: both keys are needed. */
  readonly isDev: boolean;
  /** The engine, such as http://127.0.0.1:8288. Without one the SDK would talk to the cloud. */
  readonly baseUrl: string;
  readonly eventKey?: string | undefined;
  readonly signingKey?: string | undefined;
  readonly signingKeyFallback?: string | undefined;
  /** INNGEST_ENV: a branch environment's name. */
  readonly environment?: string | undefined;
  readonly appVersion?: string | undefined;
  readonly logger?: BusLogger | undefined;
  readonly fetch?: typeof fetch | undefined;
  readonly checkpointing?: ClientOptions["checkpointing"];
  /** The journal of what is sent. Without one, what a server loses can't be sent again. */
  readonly sentEvents?: SentEvents | undefined;
  /** Hears of names that the bus does not know. Default: a line in the log. */
  readonly onNameWarning?: (warning: NameWarning) => void;
}

/** The SDK's own client; only `send` is narrower: it takes events of this bus, well formed. */
export interface BusClient extends Inngest<ClientOptions> {
  send(
    events: BusEvent | BusEvent[],
    options?: { readonly env?: string },
  ): ReturnType<Inngest<ClientOptions>["send"]>;
}

/**
 * Makes the official SDK client, with mode, address and keys said outright: what is left out here
 * the SDK would look for in the environment, and what it finds nowhere it would take from the cloud.
 */
export function createBusClient(options: BusClientOptions): BusClient {
  assertUsable(options);
  const { logger } = options;
  const warn = options.onNameWarning ?? (({ message }) => (logger ?? console).warn(message));
  return new Inngest({
    id: BUS_APP_ID,
    isDev: options.isDev,
    baseUrl: options.baseUrl,
    middleware: [
      checkSentEvents(warn),
      ...(options.sentEvents ? [journalSentEvents(options.sentEvents)] : []),
    ],
    ...withoutUndefined({
      eventKey: options.eventKey,
      signingKey: options.signingKey,
      signingKeyFallback: options.signingKeyFallback,
      env: options.environment,
      appVersion: options.appVersion,
      logger,
      fetch: options.fetch,
      checkpointing: options.checkpointing,
    }),
  });
}

function assertUsable({ isDev, baseUrl, eventKey, signingKey }: BusClientOptions): void {
  if (!URL.canParse(baseUrl) || !/^https?:\/\//i.test(baseUrl)) {
    throw misconfigured(`baseUrl must be the engine's http or https address, not “${baseUrl}”`);
  }
  if (isDev) return;
  const missing = [
    eventKey ? null : "an event key (INNGEST_EVENT_KEY)",
    signingKey ? null : "a signing key (INNGEST_SIGNING_KEY)",
  ].filter((key) => key !== null);
  if (missing.length === 0) return;
  throw misconfigured(
    `outside dev mode the client needs ${missing.join(" and ")}; \`igs start\` makes them once`,
  );
}

function misconfigured(message: string): EventError {
  return new EventError("CLIENT_MISCONFIGURED", message);
}

/** Under exactOptionalPropertyTypes an option is either there or not, never undefined. */
function withoutUndefined<T extends Record<string, unknown>>(
  options: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  // Only keys with a value are left, so each has its type without undefined.
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
