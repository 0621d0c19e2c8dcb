import { z } from "zod";
import type { CatalogueEntry } from "./catalogue-entry.ts";

/**
 * The JSON Schema (draft 2020-12) of what may be sent as an event's data: `igs schema` prints it.
 * It forbids unknown fields, as the sending door does.
 */
export function eventJsonSchema(entry: CatalogueEntry): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(entry.schema);
  return {
    $schema,
    title: entry.name,
    description: entry.sentence,
    ...schema,
    examples: [entry.example],
  };
}
