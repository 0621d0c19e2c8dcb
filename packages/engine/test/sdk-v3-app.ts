// An app of version 3 of the official SDK, for `EngineHarness`.

import { Hono } from "hono";
import { type ClientOptions, Inngest, type InngestFunction } from "inngest-v3";
import { serve } from "inngest-v3/hono";
import { APP_ORIGIN, type AppHandler, type EngineAccess, silentLogger } from "./engine-harness.ts";

/** Both versions of the SDK keep their async context under this name, each in a shape of its own. */
const CONTEXT = Symbol.for("inngest:als");
let contextOfV4: unknown;

/** Before tests with version 3: the other tests of the process use version 4. */
export function takeContext(): void {
  contextOfV4 = Reflect.get(globalThis, CONTEXT);
  Reflect.deleteProperty(globalThis, CONTEXT);
}

/** After them. */
export function giveContextBack(): void {
  if (contextOfV4 === undefined) Reflect.deleteProperty(globalThis, CONTEXT);
  else Reflect.set(globalThis, CONTEXT, contextOfV4);
}

export function createV3App(
  { baseUrl, fetch, signingKey }: EngineAccess,
  createFunctions: (inngest: Inngest) => InngestFunction.Any[],
  options: Partial<ClientOptions> = {},
): AppHandler {
  const client = new Inngest({
    id: "app",
    baseUrl,
    fetch,
    eventKey: "test-key",
    isDev: signingKey === undefined,
    logger: silentLogger,
    ...options,
  });
  const functions = createFunctions(client);
  const key = signingKey === undefined ? {} : { signingKey };
  const app = new Hono().on(
    ["GET", "POST", "PUT"],
    "/api/inngest",
    serve({ client, functions, fetch, serveHost: APP_ORIGIN, logLevel: "silent", ...key }),
  );
  return (request) => app.fetch(request);
}
