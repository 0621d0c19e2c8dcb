import {
  type CatalogueEntry,
  catalogue,
  closeMatches,
  eventJsonSchema,
  findEvent,
} from "@system-bus/events";
import { type CommonFlags, createAction } from "../action.ts";
import type { Answer } from "../output/envelope.ts";
import { CliError } from "../output/failure.ts";
import type { Io } from "../output/io.ts";
import { renderTable } from "../output/table.ts";

export const schema = createAction<CommonFlags, [string | undefined]>(
  "schema",
  async ({ io }, _flags, name) => (name === undefined ? answerAll(io) : answerOne(name, io)),
);

function answerAll(io: Io): Answer {
  const rows = catalogue.map((entry) => [
    entry.name,
    entry.startsFunctions.join(", "),
    entry.sentence,
  ]);
  const [first] = catalogue;
  return {
    result: {
      events: catalogue.map(({ name, sentence, sentBy, startsFunctions, aliases }) => ({
        name,
        sentence,
        sentBy,
        startsFunctions,
        aliases,
      })),
    },
    text: renderTable(["EVENT", "STARTS", "MEANS"], rows, {
      columnsMax: io.columnsMax,
      styleHeader: io.paint.faint,
    }),
    nextActions: [
      { command: `igs schema ${first?.name ?? "<name>"}`, description: "What one event holds" },
    ],
  };
}

function answerOne(name: string, io: Io): Answer {
  const entry = findEvent(name);
  if (!entry) throw unknownName(name);
  const jsonSchema = eventJsonSchema(entry);
  const command = exampleCommand(entry);
  return {
    result: {
      name: entry.name,
      sentence: entry.sentence,
      sentBy: entry.sentBy,
      startsFunctions: entry.startsFunctions,
      aliases: entry.aliases,
      example: entry.example,
      schema: jsonSchema,
    },
    text: [
      `${io.paint.strong(entry.name)}  ${entry.sentence}`,
      `sent by ${entry.sentBy}; starts ${entry.startsFunctions.join(", ") || "no function"}`,
      "",
      JSON.stringify(jsonSchema, null, 2),
      "",
      command,
    ].join("\n"),
    nextActions: [{ command, description: "Send the example" }],
  };
}

function exampleCommand(entry: CatalogueEntry): string {
  const json = JSON.stringify(entry.example).replaceAll("'", "'\\''");
  return `igs send ${entry.name} --data '${json}'`;
}

function unknownName(name: string): CliError {
  const guesses = closeMatches(
    name,
    catalogue.map((entry) => entry.name),
  );
  return new CliError({
    code: "not-found",
    message: `No event has the name ${name}.`,
    fix:
      guesses.length > 0
        ? `Did you mean ${guesses.join(" or ")}?`
        : "`igs schema` lists the events that there are.",
  });
}
