import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../../..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

test("the image has the versions that the adapters were written for, and the project's own Bun", () => {
  const dockerfile = read("infra/docker/agents/Dockerfile");
  const versionIn = (name: string) =>
    new RegExp(`^ARG ${name}_VERSION=(\\S+)$`, "m").exec(dockerfile)?.[1];
  const tested = (name: string) =>
    new RegExp(`ensure_tool ${name} (\\S+)`).exec(read("bin/test"))?.[1];
  expect(versionIn("CODEX")).toBe(tested("@openai/codex") ?? "");
  expect(versionIn("CLAUDE")).toBe(tested("@anthropic-ai/claude-code") ?? "");
  expect(versionIn("PI")).toBe(tested("@mariozechner/pi-coding-agent") ?? "");
  expect(JSON.parse(read("package.json")).packageManager).toBe(`bun@${versionIn("BUN")}`);
});
