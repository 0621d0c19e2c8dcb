import { describe, expect, test } from "bun:test";
import { archiveTarget } from "./archive.ts";

const problemOf = (value: string) => archiveTarget.safeParse(value).error?.issues[0]?.message;

describe("where videos are archived", () => {
  test("an absolute folder is a folder", () => {
    expect(archiveTarget.parse("/Volumes/nas/videos/")).toEqual({
      kind: "folder",
      path: "/Volumes/nas/videos",
    });
  });

  test("an ssh address names user, host, port and folder", () => {
    expect(archiveTarget.parse("ssh://joel@nas.local:2222/volume1/My%20Videos/")).toEqual({
      kind: "ssh",
      user: "joel",
      host: "nas.local",
      port: 2222,
      path: "/volume1/My Videos",
    });
  });

  test("user and port may be left to ssh's own configuration", () => {
    expect(archiveTarget.parse("SSH://nas/videos")).toEqual({
      kind: "ssh",
      user: undefined,
      host: "nas",
      port: undefined,
      path: "/videos",
    });
  });

  test("an IPv6 host loses its brackets, which only the address needs", () => {
    expect(archiveTarget.parse("ssh://[fd00::1]:22/v")).toMatchObject({
      host: "fd00::1",
      port: 22,
    });
  });

  test.each([
    ["videos", "neither an absolute folder nor ssh://"],
    ["nas:/videos", "neither an absolute folder nor ssh://"],
    ["ftp://nas/videos", "neither an absolute folder nor ssh://"],
    ["ssh:nas/videos", "is not an ssh:// address"],
    ["ssh://nas:99999/videos", "is not an ssh:// address"],
    ["ssh://nas", "names no folder"],
    ["ssh://nas/", "names no folder"],
    ["ssh:///videos", "has no host that ssh can use"],
    ["ssh://-oProxyCommand=id/videos", "has no host that ssh can use"],
    ["ssh://-l@nas/videos", "has a user name that ssh cannot use"],
    ["ssh://a%20b@nas/videos", "has a user name that ssh cannot use"],
    ["ssh://joel:secret@nas/videos", "must not hold a password"],
    ["ssh://nas/videos?x=1", "must not hold “?” or “#”"],
    ["ssh://nas/a%0Ab", "control characters"],
    ["ssh://nas/%E0%A4%A", "is not encoded as addresses are"],
  ])("%p is refused: %s", (value, reason) => {
    expect(problemOf(value)).toContain(reason);
    expect(problemOf(value)).toContain("give a folder, or ssh://user@host:22/path");
  });
});
