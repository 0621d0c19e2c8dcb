import { describe, expect, test } from "bun:test";
import { demoEnvironment } from "./demo-environment.ts";
import { demoHome } from "./demo-home.ts";

const home = demoHome("/cache", false);
const ports = { engine: 4001, worker: 4002 };

describe("what engine and worker of a demo know", () => {
  test("nothing of the person's bus gets in: no vault, archive, key or engine", () => {
    const env = demoEnvironment(
      {
        PATH: "/usr/bin",
        VAULT_PATH: "/home/ada/Vault",
        ARCHIVE_TO: "ssh://nas/videos",
        INNGEST_SIGNING_KEY: "signkey-prod-00",
        INNGEST_EVENT_KEY: "secret",
        INNGEST_BASE_URL: "http://127.0.0.1:8288",
        BUS_HOME: "/home/ada/.bus",
        XDG_CONFIG_HOME: "/home/ada/.config",
        AWS_SECRET_ACCESS_KEY: "secret",
      },
      home,
      ports,
    );
    expect(Object.values(env).join("\n")).not.toMatch(/ada|nas|signkey|secret|8288/);
    expect(env).toMatchObject({
      PATH: "/usr/bin",
      BUS_HOME: "/cache/demo/bus",
      VAULT_PATH: "/cache/demo/vault",
      INNGEST_BASE_URL: "http://127.0.0.1:4001",
      INNGEST_DEV: "1",
    });
  });

  test("no model is asked for a summary unless the person says so", () => {
    expect(demoEnvironment({}, home, ports)["SUMMARY_BY"]).toBe("extractive");
    expect(demoEnvironment({ SUMMARY_BY: "pi" }, home, ports)["SUMMARY_BY"]).toBe("pi");
  });

  test("a demo that crashes has a home of its own", () => {
    expect(demoHome("/cache", true).root).not.toBe(home.root);
    expect(() => demoHome(undefined, false)).toThrow("BUS_DEMO_HOME");
  });
});
