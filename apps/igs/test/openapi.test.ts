// What a real Inngest server was seen to answer, against the embedded engine's OpenAPI document: whoever
// makes a client of that document can speak to both.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { type RunningEngine, startEngine } from "@system-bus/engine";
import { z } from "zod";

const RECORD = join(import.meta.dir, "../../../packages/inngest-api/test/recorded-answers.json");

interface RecordedAnswer {
  readonly status: number;
  readonly body: { readonly metadata?: object };
}

interface Operation {
  readonly responses: Readonly<Record<string, JsonAnswer>>;
}

interface JsonAnswer {
  readonly content: { readonly "application/json": { readonly schema: { readonly $ref: string } } };
}

interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const recorded: Readonly<Record<string, RecordedAnswer>> = await Bun.file(RECORD).json();

let engine: RunningEngine;
let document: OpenApiDocument;

beforeAll(async () => {
  engine = await startEngine({
    host: "127.0.0.1",
    port: 0,
    storage: { kind: "memory" },
    isDev: true,
    eventKeys: [],
  });
  const response = await fetch(`${engine.url}/api/openapi.json`);
  // Its shape is what this test is about: a part that is missing fails where it is read.
  document = (await response.json()) as OpenApiDocument;
});
afterAll(() => engine.stop());

test.each(Object.keys(recorded))("the answer to %s is as documented", (asked) => {
  const answer = recorded[asked];
  const schema = schemaOf(asked, answer?.status ?? 0);
  expect(schema.safeParse(withMoment(answer?.body ?? {})).error?.issues ?? []).toEqual([]);
});

test("an answer that lacks what is promised is not", () => {
  const schema = schemaOf("GET /api/v2/runs/01M7XX8G6W1DC58JY8SRGZ2ZER", 200);
  expect(schema.safeParse({ data: {}, metadata: {} }).success).toBe(false);
});

function schemaOf(asked: string, status: number): z.ZodType {
  const [method = "", path = ""] = asked.replace(/\?.*$/, "").split(" ");
  const matching = Object.entries(document.paths)
    .filter(([pattern]) => new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path))
    .flatMap(([, operations]) => operations[method.toLowerCase()] ?? []);
  const responses = matching[0]?.responses ?? {};
  const { $ref } =
    (responses[status] ?? responses.default)?.content["application/json"].schema ?? {};
  const $defs = JSON.parse(inDefinitions(JSON.stringify(document.components.schemas)));
  return z.fromJSONSchema({ $ref: inDefinitions($ref ?? "missing"), $defs });
}

/** Where JSON Schema by itself looks for what it refers to. */
function inDefinitions(text: string): string {
  return text.replaceAll("#/components/schemas/", "#/$defs/");
}

/** The moment of the answer was left out of the record. */
function withMoment(body: RecordedAnswer["body"]): object {
  const text = JSON.stringify(body).replaceAll('"…"', '"2026-11-21T02:00:00Z"');
  return JSON.parse(text);
}
