// The message of an attempt's commit. Its last paragraph is the trailers, and nothing else is read as
// trailers: whatever stands in title and body, such as another "Loop:", is only words (field lesson 22).

export interface AttemptTrailers {
  readonly loop: string;
  readonly story: string;
  readonly attempt: number;
}

export interface AttemptMessage {
  readonly title: string;
  readonly body: string;
  readonly trailers: AttemptTrailers;
}

const TITLE_MAX = 200;
const BODY_MAX = 10_000;

export function renderMessage({ title, body, trailers }: AttemptMessage): string {
  const line = withoutControls(title).replace(/\s+/g, " ").trim().slice(0, TITLE_MAX);
  const text = withoutControls(body).trim().slice(0, BODY_MAX);
  return `${[line || "(no title)", text, trailerLines(trailers)].filter(Boolean).join("\n\n")}\n`;
}

/** Exactly these trailers, not some that look like them. */
export function hasTrailers(message: string, trailers: AttemptTrailers): boolean {
  return message.trimEnd().split("\n\n").at(-1) === trailerLines(trailers);
}

function trailerLines({ loop, story, attempt }: AttemptTrailers): string {
  return `Loop: ${oneLine(loop)}\nStory: ${oneLine(story)}\nAttempt: ${attempt}`;
}

function oneLine(value: string): string {
  return withoutControls(value).replaceAll(/\s/g, " ");
}

/** Git ends a message at a NUL, and a terminal obeys an escape. */
function withoutControls(text: string): string {
  return text.replaceAll(/(?![\n\t])\p{Cc}/gu, "");
}
