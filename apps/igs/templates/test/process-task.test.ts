import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { InngestTestEngine } from "@inngest/test";

const dataFolder = mkdtempSync(join(tmpdir(), "my-worker-"));
process.env.DATA_FOLDER = dataFolder;
const { processTask } = await import("../src/inngest/process-task.ts");

const site = createServer(({ url }, response) => {
  if (url === "/two-lines.txt") response.end("one\ntwo\n");
  else response.writeHead(404).end();
});
await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
// A server that listens on a port has an address of this kind.
const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;

after(() => {
  site.close();
  rmSync(dataFolder, { recursive: true });
});

/** Runs the function as the SDK does, without an engine: nothing is sent. */
function run(data: Record<string, unknown>) {
  const engine = new InngestTestEngine({
    function: processTask,
    events: [{ name: "task/process", data }],
    steps: [{ id: "notify-complete", handler: () => ({ ids: [] }) }],
  });
  return engine.execute();
}

test("a file is downloaded and examined", async () => {
  const { result, error } = await run({ url: `${origin}/two-lines.txt` });
  assert.equal(error, undefined);
  // What the function returns.
  const { status, result: found } = result as { status: string; result: { file: string } };
  assert.equal(status, "done");
  assert.deepEqual(found, { ...found, sizeBytes: 8, lineCount: 2 });
  assert.equal(readFileSync(join(dataFolder, found.file), "utf8"), "one\ntwo\n");
});

test("a file that isn't there is not asked for again", async () => {
  const { error } = await run({ url: `${origin}/nothing.txt` });
  assert.match(JSON.stringify(error), /answered 404/);
});

test("an event without an address is refused before any step", async () => {
  const { error } = await run({ url: "file:///etc/passwd" });
  assert.match(String((error as Error).message), /url/i);
});
