import { expect, test } from "bun:test";
import { readVideoAddress, withoutCredentials } from "./video-address.ts";

test("http and https pass, private addresses too", () => {
  expect(readVideoAddress("http://192.168.1.5:8000/a b.mp4").full).toBe(
    "http://192.168.1.5:8000/a%20b.mp4",
  );
  expect(readVideoAddress("HTTPS://Example.org/x?v=1").shown).toBe("https://example.org/x?v=1");
});

test.each([
  ["file:///etc/passwd", "begins with file:, which is not fetched"],
  ["ftp://example.org/x", "begins with ftp:"],
  ["data:video/mp4;base64,AA", "begins with data:"],
  ["javascript:alert(1)", "begins with javascript:"],
  ["-oProxyCommand=x", "would be read as an option"],
  ["--exec=rm", "would be read as an option"],
  ["talk.mp4", "is no address"],
  ["", "is no address"],
  ["https://", "is no address"],
])("%p is refused and no retry is made", (text, why) => {
  expect(() => readVideoAddress(text)).toThrow(why);
  try {
    readVideoAddress(text);
  } catch (error) {
    expect(error).toMatchObject({ code: "ADDRESS_INVALID", mayRetry: false });
  }
});

test("a password is fetched with and never shown", () => {
  const address = readVideoAddress("http://ada:s3cret@home.example/talk.mp4");
  expect(address.full).toContain("s3cret");
  expect(address.shown).toBe("http://home.example/talk.mp4");
  expect(address.hasCredentials).toBe(true);
  expect(withoutCredentials("ERROR: http://ada:s3cret@home.example/x: 404")).toBe(
    "ERROR: http://home.example/x: 404",
  );
  expect(withoutCredentials("see https://example.org/@ada/videos")).toBe(
    "see https://example.org/@ada/videos",
  );
  expect(() => readVideoAddress("ftp://ada:s3cret@x/")).not.toThrow("s3cret");
});

test("the folder depends on the address alone, and a mark in the page makes no other video", () => {
  const { folderName } = readVideoAddress("https://example.org/x?v=1#t=30");
  expect(folderName).toBe(readVideoAddress("https://example.org/x?v=1").folderName);
  expect(folderName).not.toBe(readVideoAddress("https://example.org/x?v=2").folderName);
  expect(folderName).toMatch(/^[0-9a-f]{20}$/);
});
