import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { busEvents, catalogue, findEvent } from "./catalogue.ts";
import { eventJsonSchema } from "./event-json-schema.ts";
import { parseEvent } from "./parse-event.ts";

/** The names that seed 002 gives to the pipelines and the logger: an API, never to be renamed. */
const SEED_NAMES = [
  "pipeline/video.download",
  "pipeline/video.downloaded",
  "pipeline/transcript.process",
  "pipeline/transcript.processed",
  "content/summarize",
  "content/summarized",
  "pipeline/book.downloaded",
  "system/log",
  "agent/loop.start",
  "agent/loop.plan",
  "agent/loop.complete",
];

const FUNCTION_IDS = [
  "video-download",
  "transcript-process",
  "content-summarize",
  "system-logger",
  "trigger-audit",
  "function-health",
  "notify",
  "system-verify",
  "agent-loop-plan",
  "agent-loop-implement",
  "agent-loop-review",
  "agent-loop-judge",
  "agent-loop-complete",
  "agent-loop-retro",
];

test("the catalogue and the SDK's event types hold the same events with the same schemas", () => {
  const types = Object.entries(busEvents).map(([key, type]) => ({ key, type }));
  for (const { key, type } of types) expect(type.name as string).toBe(key);
  expect(catalogue.map(({ name }) => name as string).toSorted()).toEqual(
    types.map(({ key }) => key).toSorted(),
  );
  for (const { name, schema } of catalogue) {
    expect(busEvents[name].schema as unknown).toBe(schema);
  }
});

test("the seeds' names are all there", () => {
  const names: readonly string[] = catalogue.map(({ name }) => name);
  for (const name of SEED_NAMES) expect(names).toContain(name);
});

test("no name or alias means two events", () => {
  const all = catalogue.flatMap(({ name, aliases }) => [name, ...aliases]);
  expect(new Set(all).size).toBe(all.length);
  for (const { name, aliases } of catalogue) {
    for (const alias of aliases) expect(findEvent(alias)?.name).toBe(name);
  }
});

describe.each(catalogue.map((entry) => [entry.name, entry] as const))("%s", (name, entry) => {
  test("has an example that may be sent", () => {
    expect(parseEvent(name, entry.example)).toMatchObject({ kind: "ok", alias: null });
  });

  test("changes nothing on its way through the schema", () => {
    expect(entry.schema.parse(entry.example)).toEqual(entry.example);
    const { additionalProperties: _, ...sent } = z.toJSONSchema(entry.schema, { io: "input" });
    const received = z.toJSONSchema(entry.schema, { io: "output" });
    expect(withoutStrictness(received)).toEqual(withoutStrictness(sent));
  });

  test("takes the key that an engine adds when its function is invoked", () => {
    const invoked = { ...entry.example, _inngest: { correlation_id: "x" } };
    expect(entry.schema.safeParse(invoked).success).toBe(true);
  });

  test("says in one sentence what it means, who sends it and what it starts", () => {
    expect(entry.sentence).toMatch(/^[A-Z].*\.$/);
    expect(entry.sentBy).not.toBe("");
    for (const id of entry.startsFunctions) expect(FUNCTION_IDS).toContain(id);
  });

  test("describes each of its fields", () => {
    expect(undescribedFields(eventJsonSchema(entry), name)).toEqual([]);
  });
});

test("the JSON Schema of an event forbids unknown fields and carries the example", () => {
  const entry = findEvent("pipeline/video.download");
  if (entry === null) throw new Error("the event is in the catalogue");
  expect(eventJsonSchema(entry)).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "pipeline/video.download",
    type: "object",
    required: ["url"],
    additionalProperties: false,
    properties: { url: { type: "string", format: "uri" } },
    examples: [entry.example],
  });
});

function withoutStrictness(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutStrictness);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => key !== "additionalProperties")
      .map(([key, value]) => [key, withoutStrictness(value)]),
  );
}

function undescribedFields(schema: unknown, path: string): readonly string[] {
  const { properties, items } = z
    .looseObject({
      properties: z.record(z.string(), z.unknown()).optional(),
      items: z.unknown().optional(),
    })
    .parse(schema);
  const inList = items === undefined ? [] : undescribedFields(items, `${path}[]`);
  const inFields = Object.entries(properties ?? {}).flatMap(([field, inner]) => {
    const here = `${path}.${field}`;
    const isDescribed = z.looseObject({ description: z.string().min(1) }).safeParse(inner).success;
    return [...(isDescribed ? [] : [here]), ...undescribedFields(inner, here)];
  });
  return [...inFields, ...inList];
}
