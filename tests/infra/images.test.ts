// Our images without Docker: their files, dependencies, commands, health checks and signals.

import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../checks/repository-copy.ts";
import { findFreePort } from "../harness/free-port.ts";
import { buildImageFolder, type ImageFolder } from "../harness/image-folder.ts";
import { Scratch } from "../harness/scratch.ts";

const READY = /"type":"ready"/;
const KEY_LINE = /^INNGEST_EVENT_KEY=(\w{64})$/m;

interface Container {
  readonly scratch: Scratch;
  readonly image: ImageFolder;
  readonly enginePort: number;
  readonly workerPort: number;
}

/** `/data` and `/vault` are folders of the test, the ports are free ones. */
function containerEnv({ scratch, image, enginePort, workerPort }: Container) {
  const places = {
    HOME: scratch.path("bus"),
    BUS_HOME: scratch.path("bus"),
    VAULT_PATH: scratch.path("vault"),
  };
  const ports = { BUS_ENGINE_PORT: String(enginePort), BUS_WORKER_PORT: String(workerPort) };
  return { ...image.env, ...places, ...ports };
}

function start(container: Container) {
  const { scratch, image } = container;
  const [program = "", ...words] = image.command;
  return scratch.spawn([join(image.folder, "bin", program), ...words], {
    env: containerEnv(container),
    cwd: image.folder,
  });
}

async function checkHealth({ scratch, image, enginePort, workerPort }: Container): Promise<number> {
  const argv = image.healthCheck.map((word) =>
    word.replaceAll("8288", String(enginePort)).replaceAll("3111", String(workerPort)),
  );
  return scratch.spawn(argv, { cwd: image.folder }).exited();
}

test("the all-in-one starts with nothing but its files, asks everyone for keys, is well, and stops when asked", async () => {
  await using scratch = await Scratch.create();
  const image = await buildImageFolder("all-in-one", scratch.path("app"));
  const [enginePort, workerPort] = [findFreePort(), findFreePort()];
  const container = { scratch, image, enginePort, workerPort };
  expect(await readdir(image.folder)).not.toContain("infra");
  expect(await checkHealth(container)).not.toBe(0);

  const first = start(container);
  await first.waitForLine(READY);
  expect(await checkHealth(container)).toBe(0);
  const engine = `http://127.0.0.1:${enginePort}`;
  expect((await fetch(`${engine}/api/v2/runs`)).status).toBe(401);
  const send = (key: string) =>
    fetch(`${engine}/e/${key}`, {
      method: "POST",
      body: JSON.stringify({
        name: "system/log",
        data: { action: "test", tool: "container", detail: "hello" },
      }),
    });
  expect((await send("guessed")).status).toBe(401);
  const keys = await Bun.file(scratch.path("bus", "env")).text();
  const [, eventKey = ""] = KEY_LINE.exec(keys) ?? [];
  expect((await send(eventKey)).status).toBe(200);
  expect(first.output).not.toContain(eventKey);

  first.signal("SIGTERM");
  expect(await first.exited()).toBe(0);
  const second = start(container);
  await second.waitForLine(READY);
  expect(await Bun.file(scratch.path("bus", "env")).text()).toBe(keys);
  await second.end();
});

test("the worker's image serves an engine elsewhere, under the address that it is told, with its keys", async () => {
  await using scratch = await Scratch.create();
  const image = await buildImageFolder("worker", scratch.path("app"));
  const keys = { INNGEST_EVENT_KEY: "e".repeat(64), INNGEST_SIGNING_KEY: "a".repeat(64) };
  const engineArgs = ["engine", "run", "--port", "0", "--data", scratch.path("tmp")];
  const engine = scratch.spawn([join(root, "bin/igs"), ...engineArgs], { env: keys });
  const { text } = await engine.waitForLine(/"ok":true/);
  const engineUrl = JSON.parse(text).result.url;

  const workerPort = findFreePort();
  const workerOrigin = `http://localhost:${workerPort}`;
  const container = { scratch, image, enginePort: 0, workerPort };
  const worker = scratch.spawn(image.command, {
    cwd: image.folder,
    env: {
      ...containerEnv(container),
      ...keys,
      BUS_ENGINE_PORT: "8288",
      INNGEST_BASE_URL: engineUrl,
      INNGEST_SERVE_ORIGIN: workerOrigin,
    },
  });
  await worker.waitForLine(/registration: registered/);
  expect(await checkHealth(container)).toBe(0);
  const headers = { authorization: `Bearer ${keys.INNGEST_SIGNING_KEY}` };
  const apps = await fetch(`${engineUrl}/api/v2/apps`, { headers });
  expect(await apps.text()).toContain(`${workerOrigin}/api/inngest`);
  const unsigned = { method: "POST", body: "{}" };
  const call = await fetch(`${workerOrigin}/api/inngest?fnId=system-bus-system-logger`, unsigned);
  expect(call.status).toBe(401);
  worker.signal("SIGTERM");
  expect(await worker.exited()).toBe(0);
});
