// What only real processes can show: they share nothing but the file.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appendLine, readTail, systemLogPath, validateLog } from "../src/index.ts";

const INDEX = JSON.stringify(join(import.meta.dir, "../src/index.ts"));

let vault: string;
let file: string;
let processes: { kill(signal: "SIGKILL"): void; exited: Promise<number> }[];
beforeEach(() => {
  vault = mkdtempSync(join(tmpdir(), "system-log-"));
  file = systemLogPath(vault);
  processes = [];
});
afterEach(async () => {
  for (const started of processes) started.kill("SIGKILL");
  await Promise.all(processes.map(({ exited }) => exited));
  rmSync(vault, { recursive: true });
});

/** `entryOf(n)` is there for the script; each writer signs its entries with its own name. */
function start(name: string, script: string, shell: readonly string[] = []) {
  const code = `
    import { appendLine } from ${INDEX};
    const file = ${JSON.stringify(file)};
    const entryOf = (n) => ({
      timestamp: new Date().toISOString(), action: "write", tool: "${name}",
      detail: n + " " + "ü".repeat((n * 37) % 3000),
    });
    ${script}`;
  const started = Bun.spawn([...shell, process.execPath, "-e", code], {
    stdout: "pipe",
    stderr: "pipe",
  });
  processes.push(started);
  return started;
}

describe("several processes", () => {
  test("append at once and every line stays whole, none is lost", async () => {
    const names = ["one", "two", "three"];
    const writers = names.map((name) =>
      start(name, "for (let n = 0; n < 100; n += 1) appendLine(file, entryOf(n));"),
    );
    expect(await Promise.all(writers.map(({ exited }) => exited))).toEqual([0, 0, 0]);

    expect(validateLog(file)).toEqual({ entryCount: 300, problemCount: 0, problems: [] });
    for (const name of names) {
      const own = readTail(file, 300).filter(({ tool }) => tool === name);
      expect(own.map(({ detail }) => Number.parseInt(detail, 10))).toEqual(
        Array.from({ length: 100 }, (_, n) => n),
      );
    }
  });

  test("one that is killed while it writes leaves a log that others go on with", async () => {
    const writer = start(
      "victim",
      "for (let n = 0; ; n += 1) { appendLine(file, entryOf(n)); if (n === 50) console.log(n); }",
    );
    await writer.stdout.getReader().read();
    writer.kill("SIGKILL");
    await writer.exited;

    const before = validateLog(file);
    expect(before.entryCount).toBeGreaterThan(50);
    expect(before.problemCount).toBeLessThanOrEqual(1);
    const entry = { timestamp: "2026-08-31T10:00:00Z", action: "a", tool: "t", detail: "after" };
    appendLine(file, entry);
    expect(readTail(file, 1)).toEqual([entry]);
    expect(validateLog(file).entryCount).toBe(before.entryCount + 1);
  });
});

test("a line that did not fit on the disk fails loudly, and the next one begins anew", async () => {
  // A limit on the file's size cuts a write short exactly as a full disk does.
  const limited = ["sh", "-c", 'trap "" XFSZ; ulimit -f 4; exec "$@"', "sh"];
  const writer = start(
    "limited",
    `try { for (let n = 0; n < 100; n += 1) appendLine(file, entryOf(n)); }
     catch (error) { console.log(error.code, error.message); process.exit(7); }`,
    limited,
  );
  const output = await writer.stdout.text();
  expect(await writer.exited).toBe(7);
  expect(output).toContain("LOG_NOT_WRITTEN");
  expect(output).toContain(`${file} cannot be written: `);

  expect(readFileSync(file, "utf8")).not.toEndWith("\n");
  const { entryCount } = validateLog(file);
  appendLine(file, { timestamp: "2026-08-31T10:00:00Z", action: "a", tool: "t", detail: "after" });
  expect(readTail(file, 1)[0]?.detail).toBe("after");
  expect(validateLog(file)).toMatchObject({ entryCount: entryCount + 1, problemCount: 1 });
});
