import type { EventType } from "inngest";
import type { z } from "zod";

/** An event's area is the file that defines it. */
export type EventArea = "video" | "content" | "book" | "loop" | "system" | "program";

/** What one knows of an event without sending it: client, CLI and docs read this. */
export interface CatalogueEntry<Name extends string = string> {
  readonly name: Name;
  readonly area: EventArea;
  /** What the event means, in one sentence. */
  readonly sentence: string;
  /** Data that the schema accepts. */
  readonly example: Readonly<Record<string, unknown>>;
  readonly schema: z.ZodObject;
  readonly sentBy: string;
  /** Ids of the functions it starts. An event that is only waited for starts none. */
  readonly startsFunctions: readonly string[];
  /** Other names under which people send it. Sending one sends this event, with a warning. */
  readonly aliases: readonly string[];
}

type Description<Schema extends z.ZodObject> = Pick<
  CatalogueEntry,
  "area" | "sentence" | "sentBy" | "startsFunctions"
> & {
  readonly example: z.input<Schema>;
  readonly aliases?: readonly string[];
};

/** Puts an event into words. The example is held to the schema by the compiler, too. */
export function describeEvent<Name extends string, Schema extends z.ZodObject>(
  type: EventType<Name, Schema>,
  { aliases = [], ...description }: Description<Schema>,
): CatalogueEntry<Name> {
  return { name: type.name, schema: type.schema, aliases, ...description };
}
