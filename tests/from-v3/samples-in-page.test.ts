import { describe, expect, test } from "bun:test";
import { fillPage, readSamples } from "./samples-in-page.ts";

const SOURCE = `import "a";
// #sample one
const one = 1;
// #end
function f() {
  // #sample two
  if (one) {
    two();
  }
  // #end
}
`;

const page = (text: string) =>
  `# Page\n\n<!-- sample: one -->\n\n\`\`\`ts\n${text}\n\`\`\`\n\nprose\n`;

describe("samples in a page", () => {
  test("are what stands between their marks, without the indent", () => {
    expect([...readSamples(SOURCE)]).toEqual([
      ["one", "const one = 1;"],
      ["two", "if (one) {\n  two();\n}"],
    ]);
  });

  test("replace the block after their mark, and nothing else", () => {
    const samples = new Map([["one", "new\n\n$1"]]);
    expect(fillPage(page("old\ntext"), samples)).toBe(page("new\n\n$1"));
    expect(fillPage(page("new\n\n$1"), samples)).toBe(page("new\n\n$1"));
  });

  test("have to be there, and to be used", () => {
    expect(() => fillPage(page("old"), new Map())).toThrow("not there: one");
    const samples = new Map([
      ["one", "1"],
      ["two", "2"],
    ]);
    expect(() => fillPage(page("old"), samples)).toThrow("lacks two");
  });
});
