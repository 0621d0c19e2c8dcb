// Reporter for `node --test`: one line of JSON for each test that has ended. Node's own JUnit leaves the
// file out and escapes names twice. Plain JavaScript, because node loads it before anything else.

/** @param {AsyncIterable<{type: string, data: any}>} source */
// biome-ignore lint/style/noDefaultExport: node takes a reporter's default export.
export default async function* report(source) {
  /** Names from the top down to the test that has begun last. @type {string[]} */
  const names = [];
  for await (const { type, data } of source) {
    if (type === "test:start") names.splice(data.nesting, Number.POSITIVE_INFINITY, data.name);
    if (type !== "test:pass" && type !== "test:fail") continue;
    const { name, nesting, file, skip, todo, details } = data;
    const isSuite = details?.type === "suite" || details?.error?.failureType === "subtestsFailed";
    yield `${JSON.stringify({
      file: file ?? null,
      names: [...names.slice(0, nesting), name],
      outcome: type === "test:pass" ? "passed" : "failed",
      // Anything but undefined and false: a reason may be an empty text.
      isSkipped: (skip ?? false) !== false || (todo ?? false) !== false,
      isSuite,
    })}\n`;
  }
}
