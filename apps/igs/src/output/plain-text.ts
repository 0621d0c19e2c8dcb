const CONTROLS = /\p{Cc}/gu;

/** Text that others have written, without what could steer the terminal that shows it. */
export function plainText(text: string): string {
  return Bun.stripANSI(text).replace(CONTROLS, (mark) =>
    mark === "\n" || mark === "\t" ? mark : "",
  );
}

/** A copy of plain JSON of which every string is plain text. */
export function plainCopy<Value>(value: Value): Value {
  // The same shape: strings stay strings.
  return JSON.parse(JSON.stringify(value), (_key, part: unknown) =>
    typeof part === "string" ? plainText(part) : part,
  ) as Value;
}
