import type { Hono } from "hono";
import type { HttpDeps } from "../deps.ts";
import { addRoute } from "../request/route.ts";
import { InvocationSchema } from "./invocation.ts";

const route = {
  method: "POST",
  path: "/invoke/:slug",
  summary: "Starts one function by its slug; the answer's one id is the run's",
  body: InvocationSchema,
} as const;

export function addInvokeRoute(app: Hono, { commands }: Pick<HttpDeps, "commands">): void {
  addRoute(app, route, async ({ params: { slug }, body }) => {
    const runId = await commands.invoke({ slug, ...body });
    return { ids: [runId], status: 200 };
  });
}
