import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reviewStory } from "./review-story.ts";

const root = await mkdtemp(join(tmpdir(), "probe-pytest-"));
afterAll(() => rm(root, { recursive: true, force: true }));

const hasPytest = Bun.spawnSync(["sh", "-c", "pytest --version"]).exitCode === 0;
const story = {
  root,
  runner: { name: "pytest", options: [] },
  base: { "conftest.py": "" },
} as const;

const TESTS = `from slug import slugify

class TestSlugify:
    def test_makes_a_slug(self):
        assert slugify("A b") == "a-b"
`;

describe.skipIf(!hasPytest)("a project without TypeScript", () => {
  test("has the base commit for its stub, where tests may fail to load", async () => {
    const found = await reviewStory({
      ...story,
      implementation: {
        "slug.py": `def slugify(title):\n    return title.lower().replace(" ", "-")\n`,
      },
      tests: { "test_slug.py": TESTS },
    });
    expect(found.stub).toEqual({ kind: "good", tests: ["test_slug.py"], empty: [] });
    expect(found.head.failing).toEqual([]);
    expect(found.runs[0]?.tests.map(({ name }) => name)).toEqual([
      "test_slug.py > TestSlugify > test_makes_a_slug",
    ]);
  }, 30_000);
});
