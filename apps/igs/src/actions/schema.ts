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
import type { DescribedCommand } from "../results/described-commands.ts";

interface SchemaFlags extends CommonFlags {
  readonly command?: DescribedCommand;
}

export const schema = createAction<SchemaFlags, [string | undefined]>(
  "schema",
  async ({ io }, { command }, name) => {
    if (command === undefined) return name === undefined ? answerAll(io) : answerOne(name, io);
    if (name === undefined) return answerCommand(command);
    throw new CliError({
      code: "usage",
      message: "An event and --command exclude each other.",
      fix: "Ask for one of them.",
    });
  },
);

async function answerCommand(command: DescribedCommand): Promise<Answer> {
  const { resultJsonSchema } = await import("../results/result-schemas.ts");
  const jsonSchema = resultJsonSchema(command);
  return {
    result: { command, schema: jsonSchema },
    text: JSON.stringify(jsonSchema, null, 2),
    nextActions: [{ command: `igs ${command} --help`, description: "What it does and takes" }],
  };
}

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
