import type { GraphQLSchema } from "graphql";
import type { Hono } from "hono";
import { EngineError } from "../../core/errors.ts";
import { isRecord } from "../../protocol/record.ts";
import type { HttpDeps } from "../deps.ts";
import { QUERY_BODY_BYTES_MAX, readObject } from "../request/request-body.ts";
import { createResolvers } from "./resolvers.ts";
import { SCHEMA_TEXT } from "./schema.ts";

/** Bounds the work that one request can ask for. */
const TOKENS_MAX = 1_000;

interface GraphqlRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
}

export function addGraphqlRoute(app: Hono, { reads }: Pick<HttpDeps, "reads">): void {
  const rootValue = createResolvers(reads);
  const loadEngine = once(loadGraphql);

  app.post("/v0/gql", async (c) => {
    const request = readRequest(await readObject(c.req.raw, QUERY_BODY_BYTES_MAX));
    const { graphql, schema } = await loadEngine();
    const { query: source, variables: variableValues, operationName } = request;
    const limits = { maxTokens: TOKENS_MAX };
    const asked = { source, variableValues, operationName, ...limits };
    return c.json(await graphql({ schema, rootValue, ...asked }));
  });
}

/** Loaded with the first query: most engines are never asked one, and all have to start fast. */
async function loadGraphql() {
  const { buildSchema, graphql } = await import("graphql");
  const schema: GraphQLSchema = buildSchema(SCHEMA_TEXT);
  return { graphql, schema };
}

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}

function readRequest(body: Readonly<Record<string, unknown>>): GraphqlRequest {
  const { query, variables, operationName } = body;
  if (typeof query !== "string") throw new EngineError("INPUT_INVALID", "The body has no query.");
  return {
    query,
    variables: isRecord(variables) ? variables : {},
    operationName: typeof operationName === "string" ? operationName : null,
  };
}
