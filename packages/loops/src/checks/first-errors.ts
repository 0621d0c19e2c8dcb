const LINES_MAX = 40;
const LINE_CHARS_MAX = 300;
/** An error's line is followed by what explains it: the values compared, the place in the code. */
const LINES_AFTER = 7;

const ERROR_LINE =
  /\b(error|Error|ERROR|errors?:|fail(ed|ure|ing)?|FAIL(ED)?|exception|panic(ked)?|Traceback|fatal|cannot|Cannot|not found|timed out)\b|^\s*(✖|✗|×|●|not ok\b|\(fail\)|E {3})|Expected|Received/;
/** Counts and summaries that say nothing. */
const EMPTY_TALK =
  /^\W*(0 (errors?|fail(ed|ures?|ing)?)|(tests?|fail|pass|errors?|failures?):? \d+)\W*$/i;

/** The first lines that say what is wrong, with a few after each; bounded. `output` without colours. */
export function findFirstErrors(output: string): string[] {
  const lines = output.split("\n").map((line) => line.trimEnd());
  const found: string[] = [];
  let leftAfter = 0;
  for (const line of lines) {
    if (found.length === LINES_MAX) break;
    const isError = ERROR_LINE.test(line) && !EMPTY_TALK.test(line);
    if (isError) leftAfter = LINES_AFTER;
    else if (leftAfter === 0) continue;
    else leftAfter -= 1;
    if (line.trim() !== "") found.push(line.slice(0, LINE_CHARS_MAX));
  }
  if (found.length > 0) return found;
  // Nothing that we know for an error: its last words.
  return lines
    .filter((line) => line.trim() !== "")
    .slice(-10)
    .map((line) => line.slice(0, LINE_CHARS_MAX));
}
