import { describe, expect, test } from "bun:test";
import { isDirect, readProxySettings } from "./parent-proxy.ts";

describe("the proxy that a machine's programs are to use", () => {
  test("is none where none is named", () => {
    expect(readProxySettings({})).toEqual({ tunnel: null, plain: null, directHosts: [] });
  });

  test("may be another for TLS, and want a word", () => {
    const env = { https_proxy: "http://me:p%40ss@proxy.corp:3128", HTTP_PROXY: "plain.corp" };
    expect(readProxySettings(env)).toMatchObject({
      tunnel: { host: "proxy.corp", port: 3128, authorization: btoa("me:p@ss") },
      plain: { host: "plain.corp", port: 80, authorization: null },
    });
  });

  test("is the one for everything where there is no other, and lower case wins, as with curl", () => {
    const env = {
      ALL_PROXY: "http://all:1",
      http_proxy: "http://low:2",
      HTTP_PROXY: "http://up:3",
    };
    expect(readProxySettings(env)).toMatchObject({
      tunnel: { host: "all" },
      plain: { host: "low" },
    });
  });

  test.each(["socks5://p:1080", "https://p:443", "http://"])(
    "is not ours to speak to: %s",
    (url) => {
      expect(readProxySettings({ HTTPS_PROXY: url })).toBeNull();
    },
  );
});

describe("what goes past it", () => {
  const settings = (NO_PROXY: string) => {
    const read = readProxySettings({ NO_PROXY });
    if (read === null) throw new Error("promised: no proxy is a way out, too");
    return read;
  };

  test.each([
    ["localhost, .corp.example", "API.corp.example", 443],
    ["corp.example", "corp.example", 443],
    ["*.corp.example", "api.corp.example", 443],
    ["127.0.0.1:8080", "127.0.0.1", 8080],
    ["::1", "::1", 80],
    ["*", "anything", 1],
  ] as const)("%s has %s:%d", (entries, host, port) => {
    expect(isDirect(settings(entries), host, port)).toBe(true);
  });

  test.each([
    ["", "h", 443],
    ["corp.example", "notcorp.example", 443],
    ["127.0.0.1:8080", "127.0.0.1", 8081],
  ] as const)("%p has not %s:%d", (entries, host, port) => {
    expect(isDirect(settings(entries), host, port)).toBe(false);
  });
});
