import { describe, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PlantedBus } from "../../testing/planted-bus.ts";
import { bunVersion } from "./bun-version.ts";
import { nodeModules } from "./node-modules.ts";
import { settingsFile } from "./settings-file.ts";
import { settingsValues } from "./settings-values.ts";

const KEY = "ab".repeat(32);

describe("settings", () => {
  test("that can be used are well", async () => {
    await using bus = await PlantedBus.create();
    await bus.setting(`INNGEST_SIGNING_KEY=${KEY}`);
    const { findings, well } = await bus.examine(settingsValues);
    expect(findings).toEqual([]);
    expect(well[0]?.said).toContain(`${bus.home}/bus/env`);
  });

  test.each([
    ["not hex", "zz".repeat(32), "must be hex digits only"],
    ["an odd number of digits", "abc", "even number of hex digits"],
    ["the one of old guides", "local-prod-signing", "old guides print"],
  ])(
    "with a signing key that is %s are a fault, and the key is not shown",
    async (_, key, words) => {
      await using bus = await PlantedBus.create();
      await bus.setting(`INNGEST_SIGNING_KEY=${key}`);
      const { findings } = await bus.examine(settingsValues);
      expect(findings).toMatchObject([
        {
          severity: "fault",
          problem: expect.stringContaining(words),
          cure: `\${EDITOR:-vi} ${bus.home}/bus/env`,
          hint: expect.stringContaining("openssl rand -hex 32"),
        },
      ]);
      if (key !== "local-prod-signing") expect(JSON.stringify(findings)).not.toContain(key);
    },
  );

  test("with several problems tell them all, and what needs them is not checked", async () => {
    await using bus = await PlantedBus.create();
    await bus.setting("BUS_ENGINE=temporal\nBUS_KEEP_DAYS=many");
    const { findings } = await bus.examine(settingsValues);
    expect(findings.map(({ problem }) => problem)).toEqual([
      expect.stringContaining("BUS_ENGINE=temporal"),
      expect.stringContaining("BUS_KEEP_DAYS=many"),
    ]);
    expect((await bus.examine(settingsFile)).unchecked[0]?.reason).toContain("can't be used");
  });

  test("lead to where they stand: the environment, or a line of the file", async () => {
    await using bus = await PlantedBus.create();
    bus.env["INNGEST_SIGNING_KEY"] = "not hex";
    await bus.setting("BUS_ENGINE 'auto");
    const { findings } = await bus.examine(settingsValues);
    expect(findings.map(({ cure }) => cure)).toEqual([
      `\${EDITOR:-vi} ${bus.home}/bus/env`,
      "unset INNGEST_SIGNING_KEY",
    ]);
  });

  test("that nobody reads are a warning", async () => {
    await using bus = await PlantedBus.create();
    await bus.setting("BUS_WORKR_PORT=3112");
    expect((await bus.examine(settingsValues)).findings).toMatchObject([
      { severity: "warning", problem: expect.stringContaining("BUS_WORKR_PORT") },
    ]);
  });
});

describe("a file with keys", () => {
  test("that only its owner reads is well, and one without keys is nobody's business", async () => {
    await using bus = await PlantedBus.create();
    await bus.setting("BUS_ENGINE=auto", 0o644);
    expect((await bus.examine(settingsFile)).unused).toHaveLength(1);
    await bus.setting(`INNGEST_SIGNING_KEY=${KEY}`);
    expect((await bus.examine(settingsFile)).well).toHaveLength(1);
  });

  test("that others can read is a fault, told once", async () => {
    await using bus = await PlantedBus.create();
    await bus.setting(`INNGEST_SIGNING_KEY=${KEY}`, 0o644);
    expect((await bus.examine(settingsFile)).findings).toMatchObject([
      {
        severity: "fault",
        problem: expect.stringContaining("(mode 644)"),
        cure: `chmod 600 ${bus.home}/bus/env`,
      },
    ]);
    expect((await bus.examine(settingsValues)).findings).toEqual([]);
  });
});

async function makeCheckout(bus: PlantedBus, bun: string): Promise<string> {
  const checkout = join(bus.home, "check out");
  await mkdir(join(checkout, "apps/worker"), { recursive: true });
  await Bun.write(join(checkout, "package.json"), JSON.stringify({ engines: { bun } }));
  const dependencies = { hono: "4.13.19", inngest: "4.24.0", "@system-bus/events": "workspace:*" };
  await Bun.write(join(checkout, "apps/worker/package.json"), JSON.stringify({ dependencies }));
  return checkout;
}

const install = (checkout: string, name: string, version: string) =>
  Bun.write(
    join(checkout, "apps/worker/node_modules", name, "package.json"),
    JSON.stringify({ version }),
  );

describe("Bun", () => {
  test("is well in this checkout", async () => {
    await using bus = await PlantedBus.create();
    bus.worker();
    const { well } = await bus.examine(bunVersion);
    expect(well[0]?.said).toBe(`${Bun.version} in this shell, ${Bun.version} in the worker`);
  });

  test("is too old for what the checkout asks for, here or in the worker", async () => {
    await using bus = await PlantedBus.create();
    const checkout = await makeCheckout(bus, ">=99");
    expect((await bus.examine(bunVersion, { checkout })).findings).toMatchObject([
      { problem: `Bun is ${Bun.version} in this shell, and >=99 is needed.`, cure: "bun upgrade" },
    ]);
    bus.worker({ place: { bunVersion: "1.3.0" } });
    expect((await bus.examine(bunVersion)).findings).toMatchObject([
      { severity: "fault", problem: expect.stringContaining("1.3.0 in the worker") },
    ]);
  });
});

describe("packages", () => {
  test("of this checkout are as pinned", async () => {
    await using bus = await PlantedBus.create();
    const { findings, well } = await bus.examine(nodeModules);
    expect(findings).toEqual([]);
    expect(well).toHaveLength(1);
  });

  test("that are not installed, or in another version, are a fault with what to type", async () => {
    await using bus = await PlantedBus.create();
    const checkout = await makeCheckout(bus, ">=1");
    const cure = `bun install --frozen-lockfile --cwd '${checkout}'`;
    expect((await bus.examine(nodeModules, { checkout })).findings).toMatchObject([
      {
        problem: "hono is not installed and 4.13.19 is asked for, and 1 more are not as pinned.",
        cure,
      },
    ]);
    await install(checkout, "hono", "4.13.19");
    await install(checkout, "inngest", "4.20.0");
    expect((await bus.examine(nodeModules, { checkout })).findings).toMatchObject([
      { problem: "inngest is 4.20.0 and 4.24.0 is asked for.", cure },
    ]);
    await install(checkout, "inngest", "4.24.0");
    expect((await bus.examine(nodeModules, { checkout })).findings).toEqual([]);
  });
});
