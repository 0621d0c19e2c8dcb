import { expect, test } from "bun:test";
import { renderCommands } from "./render-commands.ts";

test("each command has its help, and a place in the list that leads there", () => {
  const page = renderCommands([
    { name: "igs send", help: "USAGE\n  igs send\n" },
    { name: "igs log write", help: "USAGE\n  igs log write\n\n" },
  ]);
  expect(page).toContain("- [`igs log write`](#igs-log-write)\n");
  expect(page).toContain("## igs log write\n\n```text\nUSAGE\n  igs log write\n```\n");
  expect(page.indexOf("## igs send")).toBeLessThan(page.indexOf("## igs log write"));
});
