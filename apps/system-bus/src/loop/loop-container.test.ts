import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loopPlaces } from "@system-bus/loops";
import { checkDocker, loopContainer } from "./loop-container.ts";
import type { LoopDeps } from "./loop-deps.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "docker-"));
  await Bun.write(join(folder, "docker"), "#!/bin/sh\n");
  await chmod(join(folder, "docker"), 0o755);
});
afterAll(() => rm(folder, { recursive: true }));

/** What is asked of the deps here. */
const deps = (searchPath: string) =>
  ({ finder: { searchPath }, env: { DOCKER_HOST: "unix:///nowhere" } }) as unknown as LoopDeps;

test("without Docker a loop that asks for it is refused before anything is begun", () => {
  return expect(checkDocker(deps("/nowhere"))).rejects.toMatchObject({
    code: "PROJECT_UNFIT",
    message: "--docker: docker is not installed, or not on the PATH",
  });
});

test("an agent's container may change the clone alone, and its keys lie outside of what it sees", () => {
  const places = loopPlaces("/data/loops", "slugs");
  const name = "01k3-implement";
  const container = loopContainer(deps(folder), places, { name, folder: places.clone });
  expect(container).toMatchObject({
    name: "system-bus-slugs-01k3-implement",
    labels: { "system-bus.loop": "slugs" },
    writable: ["/data/loops/slugs/clone"],
    readable: ["/data/loops/slugs/clone/.git", "/data/loops/slugs/scratch"],
    secretsPath: "/data/loops/slugs/environment-01k3-implement",
  });
});
