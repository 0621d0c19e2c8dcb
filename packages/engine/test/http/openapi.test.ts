// The OpenAPI document against the app itself: nothing is there that it keeps quiet about, and what it
// tells of is there. That every answer has the shape that it promises is seen by the fixture, in all of
// these tests (`fixture.ts`).

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { z } from "zod";
import { ANSWERS } from "../../src/http/openapi/answers.ts";
import { EventToSend } from "../../src/http/v2/v2-table.ts";
import { readEventRequest } from "../../src/protocol/event-request.ts";
import { HttpFixture } from "./fixture.ts";

let http: HttpFixture;
beforeEach(() => {
  http = new HttpFixture();
});
afterEach(() => http.close());

interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

interface OpenApiOperation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: unknown }>> };
}

const load = async () => (await http.get("/api/openapi.json")) as OpenApiDocument;

/**
 * Spoken by SDKs and by Inngest's own tools: described in the protocol notes, not here. And by `igs engine`,
 * which is of one release with the engine: a backup is no JSON.
 */
const PROTOCOL = /^\/(?:v1\/checkpoint|v1\/realtime|v1\/traces|api\/engine)\//;

const documentedRoutes = ({ paths }: OpenApiDocument) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );

const appRoutes = () =>
  http.app.routes
    .filter(({ method, path }) => method !== "ALL" && /^\/(?:v1|api)\//.test(path))
    .filter(({ path }) => !PROTOCOL.test(path))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);

describe("the OpenAPI document", () => {
  test("tells of every REST route of the app, and of no other: add yours to its table", async () => {
    expect(documentedRoutes(await load()).toSorted()).toEqual([...new Set(appRoutes())].toSorted());
  });

  test("is of this engine's version and of OpenAPI 3.1", async () => {
    expect(await load()).toMatchObject({ openapi: "3.1.0", info: { version: "1.2.3" } });
  });

  test("refers only to what it holds", async () => {
    const document = await load();
    const names = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, at]) => at);
    expect(names.length).toBeGreaterThan(20);
    for (const name of new Set(names)) {
      const [, id = ""] = /^#\/components\/schemas\/(\w+)$/.exec(name ?? "") ?? [];
      expect(Object.keys(document.components.schemas)).toContain(id);
    }
  });

  test("names each parameter of a path and of a query", async () => {
    const operation = (await load()).paths["/api/v2/apps/{app}/functions/{function}/runs"]?.get;
    const named = operation?.parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
    expect(named).toContain("path app");
    expect(named).toContain("path function");
    expect(named).toContain("query status");
  });

  test("gives a parameter as what it has to be, not as the text that it is read from", async () => {
    const { parameters = [] } = (await load()).paths["/api/v2/runs"]?.get ?? {};
    const schemaOf = (wanted: string) => parameters.find(({ name }) => name === wanted);
    expect(schemaOf("limit")).toMatchObject({
      schema: { type: "integer", minimum: 1, maximum: 100, default: 20 },
    });
    expect(schemaOf("status")).toMatchObject({ schema: { type: "array" } });
    expect(schemaOf("from")).toMatchObject({ schema: { type: "string", format: "date-time" } });
  });

  test("has one operation id for each operation", async () => {
    const ids = Object.values((await load()).paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(ids.toSorted()).toEqual(Object.keys(ANSWERS).toSorted());
  });

  test("is made of schemas that can be read back as JSON Schema", async () => {
    const { Run } = (await load()).components.schemas as Record<string, object>;
    expect(() => z.fromJSONSchema(structuredClone(Run ?? {}) as never)).not.toThrow();
  });
});

describe("the documented body of an event", () => {
  test.each([
    [{ name: "a" }, true],
    [{ name: "a", data: { x: 1 }, user: {}, id: "i", v: "1", ts: Date.UTC(2026, 1) }, true],
    [{}, false],
    [{ name: "" }, false],
    [{ name: "a", data: 1 }, false],
    [{ name: "a", ts: 1 }, false],
    [{ name: "a", id: 1 }, false],
    [{ name: "n".repeat(513) }, false],
  ])("%p is one: %p, as for the reader, which is written by hand", (event, isOne) => {
    expect(EventToSend.safeParse(event).success).toBe(isOne);
    expect(readEventRequest(JSON.stringify(event)).ok).toBe(isOne);
  });
});
