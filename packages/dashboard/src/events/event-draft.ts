import type { EventToSend } from "@system-bus/inngest-api";
import { readJsonObject } from "../values/json-object.ts";

/** What a person has typed so far. */
export interface EventDraft {
  readonly name: string;
  readonly dataText: string;
  readonly id: string;
}

export type ReadDraft =
  | { readonly kind: "ok"; readonly event: EventToSend }
  | {
      readonly kind: "problems";
      readonly name: string | undefined;
      readonly dataText: string | undefined;
    };

export const EMPTY_DRAFT: EventDraft = { name: "", dataText: "{}", id: "" };

const NAME_CHARS_MAX = 512;

/** An event that can be sent, or what is wrong with each field, all at once. */
export function readDraft(draft: EventDraft): ReadDraft {
  const name = draft.name.trim();
  const nameProblem = findNameProblem(name);
  const data = readJsonObject(draft.dataText);
  if (nameProblem !== undefined || data.kind === "problem") {
    const dataText = data.kind === "problem" ? data.message : undefined;
    return { kind: "problems", name: nameProblem, dataText };
  }
  const id = draft.id.trim();
  return { kind: "ok", event: { name, data: data.value, ...(id === "" ? {} : { id }) } };
}

function findNameProblem(name: string): string | undefined {
  if (name === "") return 'Give the event a name, such as "pipeline/video.download".';
  if (name.startsWith("inngest/")) return 'Names that begin with "inngest/" are the engine\'s own.';
  if (name.length > NAME_CHARS_MAX) return `A name has ${NAME_CHARS_MAX} characters at most.`;
  return undefined;
}

/** The text as JSON with indentation, or itself where it is not valid yet. */
export function tidyJson(text: string): string {
  const read = readJsonObject(text);
  return read.kind === "ok" ? JSON.stringify(read.value, null, 2) : text;
}
