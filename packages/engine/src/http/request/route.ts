// The REST routes as a table: what each is asked with, read by the schemas that the OpenAPI document is
// made of (`openapi/`). What a route answers is documented there.

import type { Context, Hono } from "hono";
import type { z } from "zod";
import { EngineError } from "../../core/errors.ts";
import { describeIssues } from "../../protocol/describe-issues.ts";
import { readQuery } from "./parameters.ts";
import { COMMAND_BODY_BYTES_MAX, readObject } from "./request-body.ts";

export interface RestRoute {
  readonly method: "GET" | "POST" | "DELETE";
  /** Hono's: `/v1/runs/:runId`. */
  readonly path: string;
  /** One sentence, without a full stop. */
  readonly summary: string;
  readonly description?: string;
  readonly query?: z.ZodObject;
  /** A JSON object; no body at all counts as an empty one. */
  readonly body?: z.ZodObject;
  /** What a body that the route reads by hand has to be: documented only. */
  readonly handReadBody?: z.ZodType;
  /** Of its answer, 200 when absent. A 204 has none. */
  readonly status?: 204;
}

/** What a route was asked with, read and checked. */
export interface Asked<Route extends RestRoute> {
  readonly params: Readonly<Record<ParameterOf<Route["path"]>, string>>;
  readonly query: Route["query"] extends z.ZodType ? z.output<Route["query"]> : undefined;
  readonly body: Route["body"] extends z.ZodType ? z.output<Route["body"]> : undefined;
  readonly request: Request;
}

type ParameterOf<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParameterOf<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

/** `answer` gives the JSON to answer with, or null for a route that answers nothing. */
export function addRoute<const Route extends RestRoute>(
  app: Hono,
  route: Route,
  answer: (asked: Asked<Route>) => object | null | Promise<object | null>,
): void {
  app.on(route.method, route.path, async (c) => {
    const json = await answer(await readAsked(route, c));
    return json === null ? c.body(null, 204) : c.json(json);
  });
}

async function readAsked<Route extends RestRoute>(
  { query, body }: Route,
  c: Context,
): Promise<Asked<Route>> {
  const request = c.req.raw;
  const asked = {
    params: c.req.param(),
    query: query && readQuery(query, c.req.url),
    body: body && readBody(body, await readObject(request, COMMAND_BODY_BYTES_MAX)),
    request,
  };
  // The names of the parameters are the path's own, and the schemas are the route's.
  return asked as unknown as Asked<Route>;
}

function readBody(schema: z.ZodObject, body: object): object {
  const reading = schema.safeParse(body);
  if (reading.success) return reading.data;
  const problem = describeIssues(reading.error);
  throw new EngineError("INPUT_INVALID", `The body is not what it has to be: ${problem}.`);
}
