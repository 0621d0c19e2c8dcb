import type { RestRoute } from "../request/route.ts";
import { v1Routes } from "../v1/v1-table.ts";
import { v2Routes } from "../v2/v2-table.ts";

export const openApiRoutes = {
  openApi: {
    method: "GET",
    path: "/api/openapi.json",
    summary: "Gives this document",
  },
} as const satisfies Record<string, RestRoute>;

/** Every route that the OpenAPI document tells of, by its operation id. */
const operations = { ...openApiRoutes, ...v2Routes, ...v1Routes };

export type Operation = keyof typeof operations;

export const OPERATIONS: Readonly<Record<Operation, RestRoute>> = operations;
