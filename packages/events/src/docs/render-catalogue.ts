// Puts the catalogue into Markdown. Pure: the same catalogue always gives the same text, so that a
// check can compare it with the file.

import { z } from "zod";
import type { CatalogueEntry, EventArea } from "../catalogue-entry.ts";
import { eventJsonSchema } from "../event-json-schema.ts";

const AREAS: Record<EventArea, string> = {
  video: "Video ingest",
  content: "Content",
  book: "Books",
  loop: "Coding loops",
  system: "System",
  program: "Programs",
};

/** The parts of a JSON Schema that the table of fields shows. */
interface Shape {
  readonly type?: string | undefined;
  readonly format?: string | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly anyOf?: readonly Shape[] | undefined;
  readonly items?: Shape | undefined;
  readonly properties?: Readonly<Record<string, Shape>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly description?: string | undefined;
}

const ShapeSchema: z.ZodType<Shape> = z.lazy(() =>
  z.object({
    type: z.string().optional(),
    format: z.string().optional(),
    enum: z.array(z.unknown()).optional(),
    anyOf: z.array(ShapeSchema).optional(),
    items: ShapeSchema.optional(),
    properties: z.record(z.string(), ShapeSchema).optional(),
    required: z.array(z.string()).optional(),
    description: z.string().optional(),
  }),
);

export function renderCatalogue(catalogue: readonly CatalogueEntry[]): string {
  const areas = [...new Set(catalogue.map(({ area }) => area))];
  return `${[
    "# Events",
    "<!-- Made by `bun packages/events/src/docs/main.ts` from packages/events. Don't edit. -->",
    introduction,
    renderOverview(catalogue),
    ...areas.flatMap((area) => [
      `## ${AREAS[area]}`,
      ...catalogue.filter((entry) => entry.area === area).map(renderEvent),
    ]),
  ].join("\n\n")}\n`;
}

const introduction = [
  "An event is a name and some fields. Whatever is sent is checked against the event's schema, by",
  "the client in code and by `igs send` on the command line: a missing, malformed or unknown field is",
  "refused there and nothing is sent. On receipt unknown fields are let through, so that a worker",
  "understands events of its older and newer versions. A name that is not in this list is sent with a",
  "warning: nothing on this bus listens to it. `igs schema <name>` prints an event's JSON Schema.",
].join("\n");

function renderOverview(catalogue: readonly CatalogueEntry[]): string {
  const rows = catalogue.map(
    (entry) =>
      `| [\`${entry.name}\`](#${anchor(entry.name)}) | ${entry.sentence} | ${renderStarts(entry)} |`,
  );
  return ["| Event | What it means | Starts |", "|---|---|---|", ...rows].join("\n");
}

/** As GitHub makes them from a heading: lower case, no punctuation but hyphens. */
function anchor(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9 _-]/g, "");
}

function renderStarts({ startsFunctions }: CatalogueEntry): string {
  if (startsFunctions.length === 0) return "nothing; it is waited for";
  return startsFunctions.map((id) => `\`${id}\``).join(", ");
}

function renderEvent(entry: CatalogueEntry): string {
  const aliases = entry.aliases.map((alias) => `\`${alias}\``).join(", ");
  return [
    `### \`${entry.name}\``,
    entry.sentence,
    [
      `- Sent by: ${entry.sentBy}`,
      `- Starts: ${renderStarts(entry)}`,
      ...(aliases === "" ? [] : [`- Also known as: ${aliases}`]),
    ].join("\n"),
    renderFields(ShapeSchema.parse(eventJsonSchema(entry))),
    `\`\`\`json\n${JSON.stringify(entry.example, null, 2)}\n\`\`\``,
  ].join("\n\n");
}

function renderFields(shape: Shape): string {
  const rows = listFields(shape, "").map(
    ({ path, kind, isRequired, description }) =>
      `| \`${path}\` | ${kind} | ${isRequired ? "yes" : "no"} | ${escapeCell(description)} |`,
  );
  return ["| Field | Kind | Required | Meaning |", "|---|---|---|---|", ...rows].join("\n");
}

interface Field {
  readonly path: string;
  readonly kind: string;
  readonly isRequired: boolean;
  readonly description: string;
}

/** Fields of fields follow their parent, as `video.title` and `captions[].file`. */
function listFields(shape: Shape, prefix: string): readonly Field[] {
  return Object.entries(shape.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const isList = field.items !== undefined;
    return [
      {
        path,
        kind: kindOf(field),
        isRequired: shape.required?.includes(name) ?? false,
        description: field.description ?? "",
      },
      ...listFields(field.items ?? field, `${path}${isList ? "[]" : ""}.`),
    ];
  });
}

function kindOf(field: Shape): string {
  if (field.enum !== undefined) return field.enum.map((word) => `\`${String(word)}\``).join(", ");
  if (field.items !== undefined) return `list of ${kindOf(field.items)}`;
  if (field.anyOf !== undefined) return field.anyOf.map(kindOf).join(" or ");
  if (field.format === "uri") return "http(s) address";
  if (field.format === "date") return "day";
  return field.type ?? "any";
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|");
}
