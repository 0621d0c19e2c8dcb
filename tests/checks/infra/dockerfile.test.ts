import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import ignore from "@balena/dockerignore";
import { validate } from "dockerfile-utils";
import { root } from "../repository-copy.ts";
import { findImageProblems } from "./common-rules.ts";
import {
  type Dockerfile,
  findChain,
  findLast,
  parseDockerfile,
  readExecForm,
} from "./dockerfile.ts";
import { listFiles } from "./yaml-file.ts";

const path = "infra/docker/Dockerfile";
const text = await Bun.file(join(root, path)).text();
const TARGETS = ["worker", "all-in-one"];

/** What is wrong with one image of ours, in words. */
function findTargetProblems(dockerfile: Dockerfile, target: string): string[] {
  const chain = findChain(dockerfile, target);
  const user = findLast(chain, "USER") ?? "root";
  const wanted: readonly (readonly [boolean, string])[] = [
    [chain.length > 0, "there is no such stage"],
    [!/^(root|0)\b/.test(user), "runs as root"],
    [findLast(chain, "HEALTHCHECK") !== undefined, "has no health check"],
    [readExecForm(findLast(chain, "HEALTHCHECK")) !== null, "its health check wants a shell"],
    [readExecForm(findLast(chain, "CMD")) !== null, "its command does not get signals"],
    [readExecForm(findLast(chain, "ENTRYPOINT"))?.[0] === "tini", "nobody reaps its programs"],
    [findLast(chain, "STOPSIGNAL") === "SIGTERM", "says not how it is stopped"],
    [findLast(chain, "VOLUME")?.includes("/data") === true, "keeps no state"],
  ];
  const secrets = chain
    .flatMap(({ instructions }) => instructions)
    .filter(
      ({ keyword, words }) =>
        /^(ENV|ARG)$/.test(keyword) && /(KEY|SECRET|TOKEN|PASSWORD)\b/.test(words),
    );
  return [
    ...wanted.flatMap(([isMet, problem]) => (isMet ? [] : [problem])),
    ...secrets.map(({ words }) => `has a secret in its layers: ${words}`),
  ];
}

function findStageProblems({ stages }: Dockerfile): string[] {
  const names = new Set(stages.map(({ name }) => name));
  return stages.flatMap(({ from }) => (names.has(from) ? [] : findImageProblems(from)));
}

describe("infra/docker/Dockerfile", () => {
  test("every Dockerfile is one, as Docker reads it", async () => {
    const files = await listFiles("infra/docker/**/Dockerfile");
    expect(files).toContain(path);
    for (const file of files) {
      const problems = validate(await Bun.file(join(root, file)).text());
      expect(
        problems.map(({ message, range }) => `${file}:${range.start.line + 1} ${message}`),
      ).toEqual([]);
      expect(findStageProblems(parseDockerfile(await Bun.file(join(root, file)).text()))).toEqual(
        [],
      );
    }
    expect(
      validate("FROM debian:bookworm-slim\nHEALTHCHECK --intervall=1s CMD true\n"),
    ).not.toEqual([]);
  });

  test.each(TARGETS)(
    "%s runs as nobody in particular, is looked after, and ends when it is asked to",
    (target) => {
      expect(findTargetProblems(parseDockerfile(text), target)).toEqual([]);
    },
  );

  test.each([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: It is the Dockerfile's own.
    ["USER ${BUS_UID}:${BUS_GID}", "USER root", "runs as root"],
    ["HEALTHCHECK", "LABEL", "no health check"],
    ['CMD ["igs", "start", "--engine", "embedded"]', "CMD igs start", "does not get signals"],
    ['ENTRYPOINT ["tini", "--"]', "", "nobody reaps"],
    ["STOPSIGNAL SIGTERM", "", "how it is stopped"],
    ["ENV NODE_ENV", "ENV INNGEST_SIGNING_KEY=ab NODE_ENV", "secret in its layers"],
  ])("our rules mind when %p becomes %p", (from, to, words) => {
    expect(text).toContain(from);
    const spoilt = parseDockerfile(text.replaceAll(from, to));
    expect(findTargetProblems(spoilt, "all-in-one").join()).toContain(words);
  });

  test("images on which it is built have tags that stay", () => {
    const latest = text.replace("debian:bookworm-slim", "debian:latest");
    expect(findStageProblems(parseDockerfile(latest))).toHaveLength(1);
  });

  test("Bun is the version that package.json pins", async () => {
    const { packageManager } = await Bun.file(join(root, "package.json")).json();
    expect(`bun@${parseDockerfile(text).defaults.get("BUN_VERSION")}`).toBe(packageManager);
  });

  test("the manifests of all workspaces are there for the lock file", async () => {
    const [dependencies] = findChain(parseDockerfile(text), "dependencies").slice(-1);
    const copied = dependencies?.instructions.filter(({ keyword }) => keyword === "COPY") ?? [];
    const files = copied.flatMap(({ words }) => words.split(" ").slice(0, -1));
    const { workspaces } = await Bun.file(join(root, "package.json")).json();
    const manifests: string[] = [];
    for (const folder of workspaces) manifests.push(...(await listFiles(`${folder}/package.json`)));
    expect(manifests.length).toBeGreaterThan(10);
    expect(files.filter((file) => file.includes("/")).toSorted()).toEqual(manifests.toSorted());
  });
});

describe(".dockerignore", async () => {
  const rules = ignore().add(await Bun.file(join(root, ".dockerignore")).text());

  test.each([
    ".env",
    ".env.inngest",
    "env",
    "apps/igs/.env",
    "apps/igs/src/.env.local",
    "infra/docker/.env.inngest",
    ".git/config",
    "node_modules/zod/index.js",
    "packages/engine/node_modules/x/index.js",
    "packages/engine/src/core/decide.test.ts",
    "packages/engine/src/testing/index.ts",
    "start/engine.db",
  ])("keeps %s out of every image", (file) => {
    expect(rules.ignores(file)).toBe(true);
  });

  test("lets everything through that the Dockerfile copies", async () => {
    const copied = parseDockerfile(text)
      .stages.flatMap(({ instructions }) => instructions)
      .filter(({ keyword, words }) => keyword === "COPY" && !words.startsWith("--from"))
      .flatMap(({ words }) => words.split(" ").slice(0, -1));
    for (const source of copied) {
      const within = await listFiles(`${source}/*/src/**/*`);
      const files = within.length > 0 ? within : [source];
      const isForTests = /\.test\.tsx?$|\/testing\//;
      expect(files.filter((file) => rules.ignores(file) && !isForTests.test(file))).toEqual([]);
    }
    expect(rules.ignores("apps/igs/src/main.ts")).toBe(false);
    expect(rules.ignores("packages/engine/src/store/migrations/0001-initial.sql")).toBe(false);
  });
});
