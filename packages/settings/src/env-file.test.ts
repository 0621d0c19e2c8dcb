import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseEnvFile, setInEnvFile } from "./env-file.ts";

const valuesOf = (text: string) => Object.fromEntries(parseEnvFile(text).values);

describe("a settings file", () => {
  test.each([
    ["blank lines and comments say nothing", "\n  \n# A=1\n  # B=2\n", {}],
    ["a bare value is trimmed", "A =  some words  ", { A: "some words" }],
    ["a comment after a value ends it", "A=1 # one\nB=2\t# two", { A: "1", B: "2" }],
    ["a # inside a value belongs to it", "A=http://host/#part", { A: "http://host/#part" }],
    ["a value may hold =", "A=b=c==", { A: "b=c==" }],
    ["an empty value is empty", "A=\nB= # nothing", { A: "", B: "" }],
    ["export before a name is allowed", "export A=1\nexport  B=2", { A: "1", B: "2" }],
    ["single quotes keep everything", "A='a \\n # $x \"'", { A: 'a \\n # $x "' }],
    ["double quotes know escapes", 'A="a\\n\\r\\t\\"\\\\\\$"', { A: 'a\n\r\t"\\$' }],
    ["an escape that is none stays", 'A="\\d"', { A: "\\d" }],
    ["a comment may follow quotes", "A='x' # y\nB=\"z\"# w", { A: "x", B: "z" }],
    ["nothing is expanded", "A=$HOME/x\nB=`id`", { A: "$HOME/x", B: "`id`" }],
    ["a later line wins", "A=1\nA=2", { A: "2" }],
    [
      "Windows line ends and a byte order mark are forgiven",
      "\uFEFFA=1\r\nB=2\r\n",
      {
        A: "1",
        B: "2",
      },
    ],
  ] as const)("%s", (_, text, values) => {
    expect(valuesOf(text)).toEqual(values);
    expect(parseEnvFile(text).problems).toEqual([]);
  });

  test("what is no assignment is told by its line, never by its text: it may be a key", () => {
    const text = "A=1\nsecret-without-a-name\n1X=2\nB='open\nC=\"open\nD='a' b\nE=2";
    const { values, problems } = parseEnvFile(text);
    expect([...values.keys()]).toEqual(["A", "E"]);
    expect(problems).toEqual([
      { line: 2, problem: "is not NAME=value" },
      { line: 3, problem: "is not NAME=value" },
      { line: 4, problem: "B: bad quotes" },
      { line: 5, problem: "C: bad quotes" },
      { line: 6, problem: "D: bad quotes" },
    ]);
  });
});

describe("setting a variable in a settings file", () => {
  test("keeps comments, order and everything else as it was", () => {
    const text = "# mine\nB=2\n\nA='old' # note\n# A=commented\nC=3\n";
    expect(setInEnvFile(text, new Map([["A", "new"]]))).toBe(
      "# mine\nB=2\n\nA=new\n# A=commented\nC=3\n",
    );
  });

  test("adds what is not there at the end, also after a last line without its newline", () => {
    expect(setInEnvFile("A=1", new Map([["B", "2"]]))).toBe("A=1\nB=2\n");
    expect(setInEnvFile("", new Map([["B", "2"]]))).toBe("B=2\n");
  });

  test("leaves one line where a variable was set twice", () => {
    expect(setInEnvFile("A=1\nA=2\n", new Map([["A", "3"]]))).toBe("A=3\n");
  });

  test("whatever is set is read back, and nothing else changes", () => {
    const name = fc.constantFrom("A", "B", "C");
    const value = fc.string({ unit: "binary", maxLength: 20 });
    const lines = fc.array(fc.tuple(name, value), { maxLength: 4 });
    fc.assert(
      fc.property(lines, name, value, (existing, changed, wanted) => {
        const before = existing.reduce((text, line) => setInEnvFile(text, new Map([line])), "");
        const after = setInEnvFile(before, new Map([[changed, wanted]]));
        expect(parseEnvFile(after).problems).toEqual([]);
        expect(valuesOf(after)).toEqual({ ...valuesOf(before), [changed]: wanted });
      }),
    );
  });
});
