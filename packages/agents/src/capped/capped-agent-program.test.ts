import { describe, expect, test } from "bun:test";
import type { AgentProgram } from "../agent-program.ts";
import type { Container } from "../container/container.ts";
import { cappedAgentProgram } from "./capped-agent-program.ts";
import { readOrder } from "./order.ts";

const program: AgentProgram = {
  ...{ command: "/bin/codex", prompt: "Do it.", permissions: "edit", folder: "/data/clone" },
  ...{ materialPath: "/data/scratch/material", model: undefined, skillPath: undefined },
  timeMaxMs: 60_000,
};
const env = { CODEX_API_KEY: "zebra", CODEX_HOME: "/home/person", DOCKER_HOST: "unix:///d" };
const caps = { tokensMax: 5, costMaxUsd: null, prices: { asOf: "2026-11-24", models: {} } };
const container: Container = {
  ...{ docker: "/bin/docker", clientEnv: env, image: "image", name: "loop-1", labels: {} },
  ...{ writable: ["/data/clone"], readable: ["/data/clone/.git"], secretsPath: "/data/secrets/1" },
  ...{ network: "net", proxyUrl: "http://proxy:3128", user: "1:1" },
};

const specOf = (changes: Partial<AgentProgram> = {}, within?: Container) =>
  cappedAgentProgram(
    "codex",
    { ...program, ...changes },
    { env, searchPath: "/bin", container: within },
    caps,
  );
const orderOf = (spec: ReturnType<typeof specOf>) => readOrder(spec.args.slice(2));
const argumentsOf = (spec: ReturnType<typeof specOf>) => orderOf(spec).args.join(" ");

describe("an agent with caps", () => {
  test("is the one without, started by a watcher that stands elsewhere", () => {
    const spec = specOf();
    expect(spec).toMatchObject({
      command: process.execPath,
      wallClockMaxMs: 60_000,
      graceMaxMs: 0,
    });
    expect(spec.inputPath).toBe("/data/scratch/material");
    expect(spec.env).toMatchObject({ CODEX_API_KEY: "zebra", PATH: "/bin" });
    expect(spec).not.toHaveProperty("cwd");
    expect(orderOf(spec)).toMatchObject({
      ...{ agent: "codex", caps, folder: "/data/clone", container: null, command: "/bin/codex" },
      args: expect.arrayContaining(["workspace-write", "Do it."]),
    });
  });

  test("has caps that are numbers", () => {
    const broken = { ...caps, costMaxUsd: Number.NaN };
    expect(() => cappedAgentProgram("pi", program, { env, searchPath: "" }, broken)).toThrow(
      "broken promise: a cap is a number, or null",
    );
  });

  test("has no secret in an argument, in a container or not", () => {
    for (const spec of [specOf(), specOf({}, container)]) {
      expect(JSON.stringify([spec.command, spec.args])).not.toContain("zebra");
    }
  });

  test("in a container is Docker's client, and takes its input there", () => {
    const spec = specOf({}, container);
    expect(spec).not.toHaveProperty("inputPath");
    expect(spec.env).toMatchObject({ CODEX_API_KEY: "zebra", DOCKER_HOST: "unix:///d" });
    expect(spec.env).not.toHaveProperty("CODEX_HOME");
    expect(orderOf(spec)).toMatchObject({
      ...{ folder: "/data/clone", command: "/bin/docker" },
      container: { name: "loop-1", secretNames: ["RUST_LOG", "CODEX_API_KEY"] },
    });
    expect(argumentsOf(spec)).toContain(
      "--workdir /data/clone image /data/secrets/1 /data/scratch/material codex exec",
    );
  });

  test("in a container may change its folder only where it may edit", () => {
    const mount = "type=bind,source=/data/clone,target=/data/clone";
    expect(argumentsOf(specOf({}, container))).toContain(`--mount ${mount} `);
    for (const permissions of ["answer", "research"] as const) {
      const line = argumentsOf(specOf({ permissions }, container));
      expect(line).toContain(`--mount ${mount},readonly`);
      expect(line).not.toContain(`${mount} `);
    }
  });

  test("in a container has a folder, and its paths are whole", () => {
    expect(() => specOf({ folder: undefined }, container)).toThrow(
      "broken promise: what is contained",
    );
    const relative = { ...container, secretsPath: "secrets" };
    expect(() => specOf({}, relative)).toThrow("broken promise: secrets is an absolute path");
  });
});
