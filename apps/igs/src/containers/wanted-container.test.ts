import { describe, expect, test } from "bun:test";
import { INNGEST_IMAGE } from "../supervisor/engine-parts.ts";
import { SOME_KEYS, someContainer } from "../testing/some-setup.ts";
import {
  containerArgs,
  containerEnv,
  findMisfits,
  type WantedContainer,
} from "./wanted-container.ts";

const wanted = (container: Partial<WantedContainer> = {}): WantedContainer => ({
  isPersistent: true,
  enginePort: 8288,
  workerUrl: "http://host.docker.internal:3111/api/inngest",
  platform: "linux",
  ...SOME_KEYS,
  ...container,
});

describe("the container that is run", () => {
  test("gets its keys by name: none is on the command line", () => {
    const args = containerArgs(wanted());
    expect(args.join(" ")).toContain("--env INNGEST_EVENT_KEY --env INNGEST_SIGNING_KEY");
    for (const key of Object.values(SOME_KEYS)) expect(args.join(" ")).not.toContain(key);
    expect(containerEnv(wanted())).toMatchObject({ INNGEST_SIGNING_KEY: SOME_KEYS.signingKey });
  });

  test("is published on loopback only, of the image that is pinned", () => {
    const args = containerArgs(wanted({ enginePort: 9000 }));
    expect(args.join(" ")).toContain("--publish 127.0.0.1:9000:8288");
    expect(args).toContain(INNGEST_IMAGE);
    expect(INNGEST_IMAGE).toMatch(/:v\d+\.\d+\.\d+$/);
  });

  test("keeps its history in the volume in tier 2, because INNGEST_SQLITE_DIR says so", () => {
    expect(containerArgs(wanted()).join(" ")).toContain("--volume inngest-data:/var/lib/inngest");
    expect(containerArgs(wanted()).join(" ")).toContain("--restart unless-stopped");
    expect(containerEnv(wanted()).INNGEST_SQLITE_DIR).toBe("/var/lib/inngest");
  });

  test("keeps nothing in tier 1", () => {
    const args = containerArgs(wanted({ isPersistent: false })).join(" ");
    expect(args).not.toMatch(/--volume|--restart|SQLITE/);
  });

  test("is told the machine's name on Linux only: Docker on a Mac knows it", () => {
    expect(containerArgs(wanted())).toContain("host.docker.internal:host-gateway");
    expect(containerArgs(wanted({ platform: "darwin" }))).not.toContain("--add-host");
  });
});

describe("a container that is there", () => {
  test("is used when it is as it should be", () => {
    expect(findMisfits(someContainer(), wanted())).toEqual([]);
  });

  test.each([
    ["other keys", { env: new Map() }],
    ["does not publish port", { published: [{ address: "127.0.0.1", port: 9 }] }],
    ["open to the network", { published: [{ address: "", port: 8288 }] }],
    ["can't reach the worker", { extraHosts: [] }],
    ["keeps no history", { mounts: [] }],
    ["not start it again", { restartPolicy: "no" }],
    ["runs inngest/inngest:v1.0.0", { image: "inngest/inngest:v1.0.0" }],
    ["at another address", { command: ["inngest", "start"] }],
  ])("is not when: %s", (words, container) => {
    expect(findMisfits(someContainer(container), wanted()).join()).toContain(words);
  });

  test("whose key has a prefix is not used: SDK and server would refuse each other", () => {
    const env = new Map(someContainer().env);
    env.set("INNGEST_SIGNING_KEY", `signkey-dev-${SOME_KEYS.signingKey}`);
    expect(findMisfits(someContainer({ env }), wanted())).toEqual([
      "it was started with other keys",
    ]);
  });

  test("of somebody else's is judged by what it does, not by its image or its words", () => {
    const other = someContainer({ labels: {}, image: "inngest/inngest:latest", command: [] });
    expect(findMisfits(other, wanted())).toEqual([]);
    expect(findMisfits(other, wanted({ isPersistent: false }))).toEqual([]);
  });

  test("of tier 2 is not the one of tier 1", () => {
    const misfits = findMisfits(someContainer(), wanted({ isPersistent: false }));
    expect(misfits).toEqual(["it is one of tier 2"]);
  });
});
