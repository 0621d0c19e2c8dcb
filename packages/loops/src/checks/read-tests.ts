// Names of what fails, from the text that test runners and checkers print: for the project's own commands,
// which we can't ask for a report. Tests that a review wrote are read from reports (`read-report.ts`).
//
// A name is made of what stays the same when other things change: no line numbers, no durations.

const NAMES_MAX = 500;
const NAME_CHARS_MAX = 400;

type Reader = (lines: readonly string[]) => string[];

/** Null where the output names nothing that fails. `output` without colours. */
export function readFailingTests(output: string): string[] | null {
  const lines = output.split("\n").map((line) => withoutPrefix(line.trimEnd()));
  const names = READERS.flatMap((read) => read(lines)).map((name) => name.slice(0, NAME_CHARS_MAX));
  const unique = [...new Set(names)].slice(0, NAMES_MAX);
  return unique.length === 0 ? null : unique;
}

/** What turbo, `bun --filter` and `pnpm -r` put before each line: package and script. */
function withoutPrefix(line: string): string {
  return line.replace(/^@?[\w./-]+[: ][a-z][\w:-]*: (?=\S|\s)/, (prefix) =>
    /^(not|error|Error|warning)\b/.test(prefix) ? prefix : "",
  );
}

/** `(fail) suite > test [0.12ms]`, and files that don't load, under a line with their name. */
const readBun: Reader = (lines) => {
  let file = "";
  return lines.flatMap((line) => {
    const header = /^(\S.*\.[cm]?[jt]sx?):$/.exec(line);
    if (header !== null) file = header[1] ?? "";
    if (line.startsWith("# Unhandled error between tests")) return [`${file} (does not load)`];
    const failed = /^\(fail\) (.+?)(?: \[[\d.]+m?s\])?$/.exec(line);
    return failed === null ? [] : [failed[1] ?? ""];
  });
};

/** TAP, as node writes it into a file: a subtest is indented by four, and its parent fails with it. */
const readTap: Reader = (lines) => {
  const parents: string[] = [];
  const names: string[] = [];
  lines.forEach((line, index) => {
    const begun = /^( *)# Subtest: (.*)$/.exec(line);
    if (begun !== null) {
      const depth = (begun[1] ?? "").length / 4;
      parents.splice(depth, Number.POSITIVE_INFINITY, unescapeTap(begun[2] ?? ""));
    }
    const failed = /^( *)not ok \d+(?: - (.*))?$/.exec(line);
    if (failed === null) return;
    const [name = "", directive] = splitDirective(failed[2] ?? "");
    if (directive !== undefined || isParent(lines, index)) return;
    const depth = (failed[1] ?? "").length / 4;
    names.push([...parents.slice(0, depth), unescapeTap(name)].join(" > "));
  });
  return names;
};

function splitDirective(text: string): string[] {
  const parts = /^(.*?)\s+(#\s*(?:TODO|SKIP)\b.*)$/i.exec(text);
  return parts === null ? [text] : [parts[1] ?? "", parts[2] ?? ""];
}

/** Its diagnosis says that it failed because of its subtests, which are named themselves. */
function isParent(lines: readonly string[], index: number): boolean {
  for (const line of lines.slice(index + 1, index + 15)) {
    if (/^\s*failureType: 'subtestsFailed'/.test(line)) return true;
    if (/^\s*(\.\.\.$|not ok\b|ok\b)/.test(line)) return false;
  }
  return false;
}

function unescapeTap(name: string): string {
  return name.replace(/\\([#\\])/g, "$1");
}

/** Node's `spec`: the section at the end, where each has its place above it. */
const readNodeSpec: Reader = (lines) => {
  const start = lines.indexOf("✖ failing tests:");
  if (start < 0) return [];
  let file = "";
  return lines.slice(start + 1).flatMap((line) => {
    const place = /^test at (.+?):\d+:\d+$/.exec(line);
    if (place !== null) file = place[1] ?? "";
    const failed = /^✖ (.+?)(?: \([\d.]+ms\))?$/.exec(line);
    return failed === null ? [] : [`${file} > ${failed[1] ?? ""}`];
  });
};

/** ` FAIL  file > suite > test`, or ` FAIL  file [ file ]` for one that doesn't load. */
const readVitest: Reader = (lines) =>
  lines.flatMap((line) => {
    const failed = /^\s*FAIL {2}(?:\|[^|]*\| )?(\S.*)$/.exec(line);
    if (failed === null) return [];
    const name = failed[1] ?? "";
    const unloaded = /^(.+?) \[ .* \]$/.exec(name);
    return [unloaded === null ? name : `${unloaded[1] ?? ""} (does not load)`];
  });

/** `FAIL file`, and under it `  ● suite › test`. */
const readJest: Reader = (lines) => {
  let file = "";
  return lines.flatMap((line) => {
    const header = /^FAIL (?:\S+ )?(\S+\.[cm]?[jt]sx?)(?: \([\d.]+ m?s\))?$/.exec(line);
    if (header !== null) file = header[1] ?? "";
    const failed = /^ {2}● (.+)$/.exec(line);
    if (failed === null || file === "") return [];
    const name = failed[1] ?? "";
    if (name === "Test suite failed to run") return [`${file} (does not load)`];
    return [`${file} > ${name.replaceAll(" › ", " > ")}`];
  });
};

/** `FAILED tests/test_a.py::test_x - reason`, `ERROR tests/test_b.py`. */
const readPytest: Reader = (lines) =>
  lines.flatMap((line) => {
    const failed = /^(FAILED|ERROR) (\S+\.py(?:::[^[\s]+(?:\[.*?\](?= - |$))?)?)(?: - .*)?$/.exec(
      line,
    );
    if (failed === null) return [];
    const name = failed[2] ?? "";
    return [name.includes("::") ? name : `${name} (does not load)`];
  });

/** `--- FAIL: TestX (0.00s)` of go, `test x ... FAILED` of cargo. */
const readGoAndCargo: Reader = (lines) =>
  lines.flatMap((line) => {
    const go = /^\s*--- FAIL: (\S+) \([\d.]+s\)$/.exec(line);
    const cargo = /^test (\S+) \.\.\. FAILED$/.exec(line);
    return go?.[1] ?? cargo?.[1] ?? [];
  });

/** `file(1,2): error TS1: text`, or `file:1:2 - error TS1: text`. */
const readTypescript: Reader = (lines) =>
  lines.flatMap((line) => {
    const error = /^(\S.*?)(?:\(\d+,\d+\):|:\d+:\d+ -) error (TS\d+: .*)$/.exec(line);
    return error === null ? [] : [`${error[1] ?? ""}: ${error[2] ?? ""}`];
  });

/** ESLint's `stylish`: a file, and under it `  1:2  error  text  rule`. */
const readEslint: Reader = (lines) => {
  let file = "";
  return lines.flatMap((line) => {
    if (/^\/?\S.*\.\w+$/.test(line)) file = line;
    const error = /^ {2,}\d+:\d+ {2,}error {2,}(.+?)(?: {2,}(\S+))?$/.exec(line);
    if (error === null || file === "") return [];
    return [`${file}: ${error[2] ?? error[1] ?? ""}`];
  });
};

/** `file:1:2 lint/group/rule ━━━`, `file format ━━━`. */
const readBiome: Reader = (lines) =>
  lines.flatMap((line) => {
    const error =
      /^(\S.*?)(?::\d+:\d+)? ((?:lint|assist|parse|format)(?:\/\S+)?)(?: .*)? ━{3,}$/.exec(line);
    return error === null ? [] : [`${error[1] ?? ""}: ${error[2] ?? ""}`];
  });

const READERS: readonly Reader[] = [
  ...[readBun, readTap, readNodeSpec, readVitest, readJest, readPytest],
  ...[readGoAndCargo, readTypescript, readEslint, readBiome],
];
