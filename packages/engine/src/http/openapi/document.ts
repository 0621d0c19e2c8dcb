// The OpenAPI document of the REST routes, made of the schemas that read the requests (the tables of
// routes) and of those that describe the answers. Loaded when somebody asks for it.

import { z } from "zod";
import { apiFamilyOf } from "../api-family.ts";
import type { RestRoute } from "../request/route.ts";
import { ANSWERS } from "./answers.ts";
import * as entities from "./entities.ts";
import { OPERATIONS, type Operation } from "./operations.ts";

type Json = Readonly<Record<string, unknown>>;

const COMPONENTS = "#/components/schemas/";

export function createOpenApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [operation, route] of entriesOf(OPERATIONS)) {
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describe(operation, route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "System Bus: the embedded engine",
      version,
      description:
        "The REST API of the embedded engine. Where Inngest's server has a route, its shape is Inngest's. Events are sent to `POST /e/<event key>`, as the SDKs do.",
    },
    paths,
    components: {
      schemas: createComponents(),
      securitySchemes: { signingKey: { type: "http", scheme: "bearer" } },
    },
    security: [{ signingKey: [] }],
  };
}

function describe(operation: Operation, route: RestRoute): Json {
  const { method, path, summary, description, query, body, handReadBody } = route;
  const bodySchema = body ?? handReadBody;
  return {
    operationId: operation,
    tags: [apiFamilyOf(path)],
    summary,
    ...(description && { description }),
    parameters: [...pathParameters(path), ...queryParameters(query)],
    ...(bodySchema && method === "POST" && { requestBody: describeBody(bodySchema) }),
    responses: { ...describeSuccess(operation), default: describeFailure(path) },
  };
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters(query: z.ZodObject | undefined): Json[] {
  if (!query) return [];
  const { properties = {} } = z.toJSONSchema(query, { io: "output" });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...schema } = typeof property === "object" ? property : {};
    return { name, in: "query", description, schema };
  });
}

function describeBody(schema: z.ZodType): Json {
  return { content: jsonContent(withoutDialect(z.toJSONSchema(schema, { io: "input" }))) };
}

function describeSuccess(operation: Operation): Json {
  if (ANSWERS[operation] === null) return { 204: { description: "Done" } };
  const $ref = `${COMPONENTS}${answerName(operation)}`;
  return { 200: { description: "Done", content: jsonContent({ $ref }) } };
}

function describeFailure(path: string): Json {
  const $ref = `${COMPONENTS}${apiFamilyOf(path) === "v2" ? "V2Error" : "V1Error"}`;
  return { description: "It was refused, or failed", content: jsonContent({ $ref }) };
}

function jsonContent(schema: Json): Json {
  return { "application/json": { schema } };
}

/** The entities and the answers, each once; they refer to each other by name. */
function createComponents(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, entity] of Object.entries(entities)) {
    if (entity instanceof z.ZodType) registry.add(entity, { id });
  }
  for (const [operation, answer] of entriesOf(ANSWERS)) {
    // Several routes have one answer: it has the name of the first.
    if (answer && !registry.has(answer)) registry.add(answer, { id: answerName(operation) });
  }
  const options = { io: "input", uri: (id: string) => `${COMPONENTS}${id}` } as const;
  const { schemas } = z.toJSONSchema(registry, options);
  return Object.fromEntries(
    Object.entries(schemas).map(([id, schema]) => [id, withoutDialect(schema)]),
  );
}

function answerName(operation: Operation): string {
  const answer = ANSWERS[operation];
  const [first = operation] = entriesOf(ANSWERS).find(([, other]) => other === answer) ?? [];
  return `${first.charAt(0).toUpperCase()}${first.slice(1)}Answer`;
}

/** The document says once which dialect of JSON Schema it speaks, and where its schemas are. */
function withoutDialect(schema: Json): Json {
  const { $schema: _dialect, $id: _id, "~standard": _standard, ...rest } = schema;
  return rest;
}

function entriesOf<Key extends string, Value>(
  record: Readonly<Record<Key, Value>>,
): [Key, Value][] {
  // Our own tables: they have the keys of their type and no others.
  return Object.entries(record) as [Key, Value][];
}
