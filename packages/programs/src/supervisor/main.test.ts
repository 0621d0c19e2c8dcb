import { expect, test } from "bun:test";
import { fileURLToPath } from "node:url";

test("a supervisor loads nothing but its own code: it lives beside every program", async () => {
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  const built = await Bun.build({ entrypoints: [main], target: "bun", packages: "external" });
  const [code] = built.outputs;
  const text = (await code?.text()) ?? "";
  const imported = [...text.matchAll(/from ["']([^"']+)["']/g)].map(([, name]) => name ?? "");
  expect(imported.length).toBeGreaterThan(0);
  expect(imported.filter((name) => !/^(node:|fs|path|util|crypto)/.test(name))).toEqual([]);
});
