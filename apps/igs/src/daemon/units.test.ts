// What is written for launchd and systemd, held by what reads it: Python's plistlib and systemd-analyze.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exampleUnit } from "../testing/example-units.ts";
import { type DaemonFacts, describeUnit, readForm } from "./daemon-unit.ts";
import { readPlistEnvironment } from "./launchd/read-plist-environment.ts";
import { renderPlist } from "./launchd/render-plist.ts";
import { readServiceEnvironment } from "./systemd/read-service-environment.ts";
import { renderService } from "./systemd/render-service.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "units-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const FACTS: DaemonFacts = {
  scope: "user",
  account: { name: "ada", uid: 501, gid: 20, home: "/Users/ada" },
  bun: "/Users/ada/.bun/bin/bun",
  checkout: "/Users/ada/system-bus",
  logsFolder: "/Users/ada/Library/Application Support/system-bus/start/logs",
  path: "/Users/ada/.bun/bin:/usr/bin:/bin",
  places: {},
};

/** As bad as folders may be called, and systemd's and XML's own marks. */
const ODD: DaemonFacts = {
  ...FACTS,
  checkout: '/srv/R&D <1> "x" 100% $HOME\\n it\'s',
  places: { BUS_HOME: '/srv/a & b/50%/$x "y" \\ z\'s' },
};

const PLISTLIB = `import json, plistlib, sys
print(json.dumps(plistlib.load(open(sys.argv[1], "rb"))))`;

function readPlist(text: string): Record<string, unknown> {
  const file = join(folder, "x.plist");
  writeFileSync(file, text);
  const read = Bun.spawnSync(["python3", "-c", PLISTLIB, file]);
  if (read.exitCode !== 0) throw new Error(read.stderr.toString());
  return JSON.parse(read.stdout.toString());
}

describe.skipIf(Bun.which("python3") === null)("a plist, as plistlib reads it", () => {
  test("keeps `igs start` alive without a shell, throttled, with time to stop", () => {
    const unit = describeUnit(FACTS);
    expect(readPlist(renderPlist(unit))).toEqual({
      Label: "local.system-bus",
      ProgramArguments: [
        ...["/Users/ada/.bun/bin/bun", "--no-env-file"],
        ...["/Users/ada/system-bus/apps/igs/src/main.ts", "start"],
        ...["--log-file", `${FACTS.logsFolder}/daemon.log`],
      ],
      WorkingDirectory: "/Users/ada/system-bus",
      EnvironmentVariables: { HOME: "/Users/ada", PATH: FACTS.path },
      RunAtLoad: true,
      KeepAlive: true,
      ThrottleInterval: 10,
      ExitTimeOut: 60,
      ProcessType: "Interactive",
      StandardOutPath: `${FACTS.logsFolder}/daemon.out`,
      StandardErrorPath: `${FACTS.logsFolder}/daemon.out`,
    });
  });

  test("of the machine names its user", () => {
    const plist = readPlist(renderPlist(describeUnit({ ...FACTS, scope: "system" })));
    expect(plist["UserName"]).toBe("ada");
  });

  test("holds any folder's name, and our own reader finds what plistlib finds", () => {
    const unit = describeUnit(ODD);
    const text = renderPlist(unit);
    expect(readPlist(text)).toMatchObject({
      ProgramArguments: unit.argv,
      WorkingDirectory: ODD.checkout,
      EnvironmentVariables: unit.environment,
    });
    expect(readPlistEnvironment(text)).toEqual({ ...unit.environment });
  });

  test("plistlib would have refused a broken one", () => {
    expect(() => readPlist(renderPlist(describeUnit(FACTS)).replace("</dict>", ""))).toThrow();
  });
});

const canVerify = Bun.which("systemd-analyze") !== null;

/** It ends with 0 on values that it does not understand, and says so on stderr. */
function verify(text: string): string {
  const file = join(folder, "system-bus.service");
  writeFileSync(file, text);
  const ran = Bun.spawnSync(["systemd-analyze", "verify", "--user", "--man=no", file], {
    env: { ...process.env, XDG_RUNTIME_DIR: folder },
  });
  return ran.stderr.toString();
}

describe("a unit of systemd", () => {
  const onThisMachine = (facts: DaemonFacts): DaemonFacts => ({
    ...facts,
    bun: process.execPath,
    checkout: folder,
  });

  test.skipIf(!canVerify)("has nothing that systemd-analyze would say a word about", () => {
    expect(verify(renderService(describeUnit(onThisMachine(FACTS))))).toBe("");
    expect(verify(renderService(describeUnit(onThisMachine(ODD))))).toBe("");
    const system = describeUnit({ ...onThisMachine(FACTS), scope: "system" });
    expect(verify(renderService({ ...system, account: { ...system.account, name: "root" } }))).toBe(
      "",
    );
  });

  test.skipIf(!canVerify)("systemd-analyze would have said what is wrong", () => {
    const text = renderService(describeUnit(onThisMachine(FACTS)));
    expect(verify(text.replace("Restart=always", "Restart=mostly"))).toContain("mostly");
    expect(verify(text.replace("KillMode=process", "KillMode=some"))).toContain("some");
    expect(verify(text.replace("OOMPolicy=continue", "OOMPolcy=continue"))).toContain("OOMPolcy");
  });

  test("lets programs outlive it, is never given up, and has time to stop", () => {
    const lines = renderService(describeUnit(FACTS)).split("\n");
    for (const line of [
      ...["KillMode=process", "Restart=always", "StartLimitIntervalSec=0", "TimeoutStopSec=60"],
      ...["OOMPolicy=continue", "WantedBy=default.target"],
    ]) {
      expect(lines).toContain(line);
    }
  });

  test("of the machine names its user and waits for the network", () => {
    const lines = renderService(describeUnit({ ...FACTS, scope: "system" })).split("\n");
    expect(lines).toContain("User=ada");
    expect(lines).toContain("WantedBy=multi-user.target");
    expect(lines).toContain("After=network-online.target");
  });

  test("our own reader finds the environment again, whatever it holds", () => {
    const unit = describeUnit(ODD);
    expect(readServiceEnvironment(renderService(unit))).toEqual({ ...unit.environment });
    expect(readServiceEnvironment("Environment=A=1 'B=2 3' \"C=4\"\nEnvironment=D=5\n")).toEqual({
      ...{ A: "1", B: "2 3", C: "4", D: "5" },
    });
  });
});

describe("a unit's form", () => {
  test("is found again in both", () => {
    const unit = describeUnit(FACTS);
    expect(readForm(renderPlist(unit))).toBe(1);
    expect(readForm(renderService(unit))).toBe(1);
    expect(readForm(renderService(unit).replace("form 1", "form 12"))).toBe(12);
  });

  test("is none where somebody else has written the file", () => {
    expect(readForm("[Service]\nExecStart=/bin/true\n")).toBeNull();
  });
});

describe("the examples in infra are what would be installed", () => {
  test.each([
    ["infra/launchd/local.system-bus.plist", () => renderPlist(exampleUnit("launchd", "user"))],
    [
      "infra/launchd/local.system-bus.daemon.plist",
      () => renderPlist(exampleUnit("launchd", "system")),
    ],
    ["infra/systemd/system-bus.service", () => renderService(exampleUnit("systemd", "user"))],
    [
      "infra/systemd/system-bus.system.service",
      () => renderService(exampleUnit("systemd", "system")),
    ],
  ])("%s", (path, render) => {
    const file = join(import.meta.dir, "../../../..", path);
    expect(readFileSync(file, "utf8")).toBe(render());
  });
});
