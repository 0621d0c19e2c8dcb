// The engine's HTTP face. The routes that every event and every step goes through come first and have
// no middleware; everything after them is guarded and gets the headers of `security-headers.ts`.

import { Hono } from "hono";
import { EngineError } from "../core/errors.ts";
import { METRICS_CONTENT_TYPE } from "../runtime/metrics/registry.ts";
import { createLoginRoutes } from "./access/login-routes.ts";
import { withSecurityHeaders } from "./access/security-headers.ts";
import { pathForLog } from "./api-family.ts";
import type { HttpDeps } from "./deps.ts";
import { unknownErrorResponse } from "./error-response.ts";
import { addGraphqlRoute } from "./graphql/graphql-route.ts";
import { addOpenApiRoute } from "./openapi/openapi-route.ts";
import { createPublishRoutes } from "./realtime/publish-routes.ts";
import { createSubscribeRoutes } from "./realtime/subscribe-routes.ts";
import { addTokenRoute } from "./realtime/token-route.ts";
import { addRoute } from "./request/route.ts";
import { addAppSpansRoutes } from "./sdk/app-spans-routes.ts";
import { addCheckpointRoutes } from "./sdk/checkpoint-routes.ts";
import { addEventRoutes } from "./sdk/event-routes.ts";
import { addInvokeRoute } from "./sdk/invoke-route.ts";
import { createStateRoutes } from "./sdk/state-routes.ts";
import { createSyncRoutes, describeDevServer } from "./sdk/sync-routes.ts";
import { createUpkeepRoutes } from "./upkeep/upkeep-routes.ts";
import { addMetadataRoute } from "./v1/metadata-route.ts";
import { addSignalRoute } from "./v1/signal-route.ts";
import { addV1CancellationRoutes } from "./v1/v1-cancellation-routes.ts";
import { addV1AppRoutes, addV1EventRoutes, addV1RunRoutes } from "./v1/v1-routes.ts";
import { v2Item } from "./v2/v2-answers.ts";
import { addV2AppRoutes, addV2FunctionRoutes } from "./v2/v2-app-routes.ts";
import { addV2EventRoutes } from "./v2/v2-event-routes.ts";
import { addOtlpRoute } from "./v2/v2-otlp-route.ts";
import { addV2RunRoutes } from "./v2/v2-run-routes.ts";
import { v2Routes } from "./v2/v2-table.ts";

/** All that the engine answers over HTTP. */
export function createHttpApp(deps: HttpDeps): Hono {
  const { access, isDev, log, metrics, version } = deps;
  const app = new Hono();
  app.onError((error, c) => {
    metrics.countRefusal(error instanceof EngineError ? error.code : "UNEXPECTED");
    return unknownErrorResponse(error, c.req.raw, log);
  });
  app.notFound((c) => {
    if (deps.servePage && mayBePage(c.req)) return deps.servePage(c.req.raw);
    return unknownErrorResponse(routeNotFound(c.req.method, c.req.path), c.req.raw, log);
  });

  addEventRoutes(app, deps);
  addCheckpointRoutes(app, deps);
  // `engine` is what tells this engine from Inngest itself, whose answer is the rest.
  const health = { status: 200, message: "OK", engine: "embedded", version, isDev };
  app.get("/health", (c) => c.json(health));
  app.route("/", createLoginRoutes(access));
  app.route("/", createSubscribeRoutes(deps));

  app.use(async (c, next) => {
    const refusal = access.guard(c.req.raw);
    if (refusal) return refusal;
    await next();
    withSecurityHeaders(c.res);
    return;
  });
  addGuardedRoutes(app, deps);
  return app;
}

function addGuardedRoutes(app: Hono, deps: HttpDeps): void {
  const { isDev, metrics, nowMs } = deps;
  if (isDev) app.get("/dev", (c) => c.json(describeDevServer(deps)));
  app.get("/metrics", () => {
    const headers = { "content-type": METRICS_CONTENT_TYPE };
    return new Response(metrics.registry.render(), { headers });
  });
  app.route("/fn", createSyncRoutes(deps));
  addInvokeRoute(app, deps);
  app.route("/v0/runs", createStateRoutes(deps));
  addGraphqlRoute(app, deps);
  addTokenRoute(app, deps);
  app.route("/v1/realtime", createPublishRoutes(deps));
  addSignalRoute(app, deps);
  addMetadataRoute(app, deps);
  addAppSpansRoutes(app, deps);
  addOpenApiRoute(app, deps);
  addV1EventRoutes(app, deps);
  addV1RunRoutes(app, deps);
  addV1AppRoutes(app, deps);
  addV1CancellationRoutes(app, deps);
  addRoute(app, v2Routes.health, () => v2Item({ status: "ok" }, nowMs()));
  addOtlpRoute(app, deps);
  addV2RunRoutes(app, deps);
  addV2AppRoutes(app, deps);
  addV2FunctionRoutes(app, deps);
  addV2EventRoutes(app, deps);
  app.route("/api/engine", createUpkeepRoutes(deps));
}

const API_PATH = /^\/(?:e|fn|invoke|v0|v1|api)\//;

/** Not under the APIs: whoever asks for one expects its kind of error. */
function mayBePage({ method, path }: { readonly method: string; readonly path: string }): boolean {
  return (method === "GET" || method === "HEAD") && !API_PATH.test(path);
}

function routeNotFound(method: string, path: string): EngineError {
  return new EngineError("NOT_FOUND", `This engine has nothing at ${method} ${pathForLog(path)}.`);
}
