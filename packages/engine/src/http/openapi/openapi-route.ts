import type { Hono } from "hono";
import type { HttpDeps } from "../deps.ts";
import { addRoute } from "../request/route.ts";
import { openApiRoutes } from "./operations.ts";

export function addOpenApiRoute(app: Hono, { version }: Pick<HttpDeps, "version">): void {
  let document: Promise<object> | undefined;
  addRoute(app, openApiRoutes.openApi, () => {
    document ??= import("./document.ts").then((made) => made.createOpenApiDocument(version));
    return document;
  });
}
