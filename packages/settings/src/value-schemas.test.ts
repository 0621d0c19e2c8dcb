import { describe, expect, test } from "bun:test";
import {
  absolutePath,
  devFlag,
  eventKey,
  httpAddress,
  httpOrigin,
  listenHost,
  port,
  signingKey,
} from "./value-schemas.ts";

const hex64 = "0123456789abcdef".repeat(4);

describe("a signing key", () => {
  test("is hex with an even number of digits", () => {
    expect(signingKey.parse(hex64)).toBe(hex64);
    expect(signingKey.parse("AB")).toBe("AB");
  });

  test("loses a signkey- prefix, as the SDK drops it when it signs", () => {
    expect(signingKey.parse(`signkey-dev-${hex64}`)).toBe(hex64);
    expect(signingKey.parse("signkey-my_branch1-ab12")).toBe("ab12");
  });

  test.each([
    ["local-prod-signing", "old guides print: it is not hex, so a server refuses to start"],
    ["signkey-prod-local-prod-signing", "old guides print"],
    ["abc", "an even number of hex digits"],
    [`signkey-dev-${"abc"}`, "an even number of hex digits"],
    ["xyz1", "hex digits only"],
    ["signkey-dev-", "hex digits only"],
    ["ab cd", "hex digits only"],
  ])("%p is refused with the reason and the cure", (key, reason) => {
    const message = signingKey.safeParse(key).error?.issues[0]?.message;
    expect(message).toContain(reason);
    expect(message).toContain("openssl rand -hex 32");
  });
});

test("an event key holds what a path can carry, because it is sent in one", () => {
  for (const key of [hex64, "local-prod-key", "evtkey-dev-ab.c_d~"]) {
    expect(eventKey.safeParse(key).success).toBe(true);
  }
  for (const key of ["a/b", "a b", "a?b", "a#b", "a%2fb", "ü", "x".repeat(257)]) {
    expect(eventKey.safeParse(key).success).toBe(false);
  }
});

test("a port is a whole number from 0 to 65535", () => {
  expect(port.parse("0")).toBe(0);
  expect(port.parse("65535")).toBe(65_535);
  for (const bad of ["65536", "-1", "1.5", "1e3", "0x10", "8288x", " 80", "tcp://10.0.0.1:8288"]) {
    expect(port.safeParse(bad).success).toBe(false);
  }
});

describe("INNGEST_DEV", () => {
  test.each(["1", "true", "TRUE", " 1 "])("%p is on", (word) => {
    expect(devFlag.parse(word)).toEqual({ kind: "on" });
  });
  test.each(["0", "false", "False"])("%p is off", (word) => {
    expect(devFlag.parse(word)).toEqual({ kind: "off" });
  });
  test.each([
    ["http://localhost:8288/", "http://localhost:8288"],
    ["https://dev.example.org", "https://dev.example.org"],
    ["localhost:8288", "http://localhost:8288"],
    ["127.0.0.1:8288", "http://127.0.0.1:8288"],
  ])("%p is a server's address, with or without its scheme", (word, url) => {
    expect(devFlag.parse(word)).toEqual({ kind: "on-at", url });
  });
  test.each(["yes", "maybe", "2", "ftp://x.y", ":", "a b.c"])("%p is neither", (word) => {
    expect(devFlag.safeParse(word).success).toBe(false);
  });
});

test("an address loses its trailing slash and keeps its path", () => {
  expect(httpAddress.parse("http://nas:8288/")).toBe("http://nas:8288");
  expect(httpAddress.parse("https://host/inngest/")).toBe("https://host/inngest");
  for (const bad of [
    "nas:8288",
    "ftp://nas",
    "http://",
    "http:nas",
    "http://a/?b",
    "http://a/#b",
  ]) {
    expect(httpAddress.safeParse(bad).success).toBe(false);
  }
});

test("an address that others put paths behind has none of its own: it would be lost", () => {
  expect(httpOrigin.parse("http://nas:8288/")).toBe("http://nas:8288");
  expect(httpOrigin.parse("http://user:pw@nas")).toBe("http://user:pw@nas");
  expect(httpOrigin.safeParse("https://host/inngest").error?.issues[0]?.message).toContain(
    "without a path",
  );
  expect(devFlag.safeParse("localhost:8288/inngest").success).toBe(false);
});

test("a path is absolute and is tidied", () => {
  expect(absolutePath.parse("/a/../b//c/")).toBe("/b/c");
  expect(absolutePath.parse("/")).toBe("/");
  for (const bad of ["a", "./a", "../a", "~", "~joel/x", "/a\0b"]) {
    expect(absolutePath.safeParse(bad).success).toBe(false);
  }
});

test("a host to listen on is a name or an IP address, nothing around it", () => {
  for (const good of ["127.0.0.1", "0.0.0.0", "localhost", "my-mac.tail1.ts.net", "::1", "::"]) {
    expect(listenHost.safeParse(good).success).toBe(true);
  }
  for (const bad of ["http://a", "a:80", "-a", "a b", "", "[::1]"]) {
    expect(listenHost.safeParse(bad).success).toBe(false);
  }
});
