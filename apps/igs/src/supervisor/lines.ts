/** A line longer than this is told in pieces: a program may print without ever ending a line. */
const LINE_CHARS_MAX = 16_384;

/** The lines of a stream of bytes, without their ends; the last one may lack its end. */
export async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split(/\r?\n/);
    rest = lines.pop() ?? "";
    yield* lines;
    while (rest.length > LINE_CHARS_MAX) {
      yield rest.slice(0, LINE_CHARS_MAX);
      rest = rest.slice(LINE_CHARS_MAX);
    }
  }
  if (rest !== "") yield rest;
}
