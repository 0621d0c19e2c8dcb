import type { Hono } from "hono";
import type { HttpDeps } from "../deps.ts";
import { addRoute } from "../request/route.ts";
import { v1Routes } from "./v1-table.ts";

export function addSignalRoute(app: Hono, { commands }: Pick<HttpDeps, "commands">): void {
  addRoute(app, v1Routes.v1SendSignal, async ({ body: { signal, data = null } }) => {
    return { data: { run_id: await commands.sendSignal({ signal, data }) } };
  });
}
