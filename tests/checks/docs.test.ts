import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { headingAnchors, readLinks } from "./markdown-links.ts";
import { root } from "./repository-copy.ts";

const pages = (
  await Bun.$`git ls-files --cached --others --exclude-standard "*.md"`.cwd(root).text()
)
  .split("\n")
  .filter((path) => path !== "" && existsSync(join(root, path)));

describe("the documents", () => {
  for (const page of pages) {
    test(`${page}: every link leads somewhere`, async () => {
      expect(await findDeadLinks(page)).toEqual([]);
    });
  }

  test("each decision is in the list of decisions", async () => {
    const list = await Bun.file(join(root, "docs/decisions/README.md")).text();
    const records = pages
      .filter((path) => /^docs\/decisions\/\d{4}-/.test(path))
      .map((path) => path.replace("docs/decisions/", ""));
    expect(records.length).toBeGreaterThan(0);
    expect(records.filter((record) => !list.includes(`(${record})`))).toEqual([]);
  });

  test("CLAUDE.md is AGENTS.md by another name", async () => {
    expect(await Bun.$`readlink CLAUDE.md`.cwd(root).text()).toBe("AGENTS.md\n");
  });

  test("the scripts that README and AGENTS.md name exist", async () => {
    const { scripts } = await Bun.file(join(root, "package.json")).json();
    for (const page of ["README.md", "AGENTS.md"]) {
      const text = await Bun.file(join(root, page)).text();
      const named = [...text.matchAll(/bun run ([a-z][a-z:]*)/g)].map((match) => match[1] ?? "");
      expect(named.filter((name) => !(name in scripts))).toEqual([]);
    }
  });
});

/** Links to pages of the web aren't followed: a check must not depend on the network. */
async function findDeadLinks(page: string): Promise<string[]> {
  const text = await Bun.file(join(root, page)).text();
  const dead: string[] = [];
  for (const link of readLinks(text)) {
    if (/^[a-z]+:/.test(link)) continue;
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : normalize(join(dirname(page), path));
    if (!existsSync(join(root, target))) dead.push(link);
    else if (anchor !== undefined && target.endsWith(".md")) {
      const anchors = headingAnchors(await Bun.file(join(root, target)).text());
      if (!anchors.includes(anchor)) dead.push(link);
    }
  }
  return dead;
}
