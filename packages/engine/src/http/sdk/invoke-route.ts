import type { Hono } from "hono";
import type { HttpDeps } from "../deps.ts";
import { COMMAND_BODY_BYTES_MAX, readObject } from "../request/request-body.ts";
import { readInvocation } from "./invocation.ts";

/** Starts one function by its slug; the answer's one id is the run's. */
export function addInvokeRoute(app: Hono, { commands }: Pick<HttpDeps, "commands">): void {
  app.post("/invoke/:slug", async (c) => {
    const invocation = readInvocation(await readObject(c.req.raw, COMMAND_BODY_BYTES_MAX));
    const runId = await commands.invoke({ slug: c.req.param("slug"), ...invocation });
    return c.json({ ids: [runId], status: 200 });
  });
}
