import { expect, test } from "bun:test";
import { downloadArguments, readDownloadedPath } from "./yt-dlp.ts";

test("the address is the last word, after the end of options", () => {
  const words = downloadArguments({ folder: "/m", address: { url: "http://x/" } });
  expect(words.slice(-2)).toEqual(["--", "http://x/"]);
});

test("an address with a password stands in a file, not where `ps` shows it", () => {
  const words = downloadArguments({ folder: "/m", address: { file: "/m/address" } });
  expect(words.slice(-2)).toEqual(["--batch-file", "/m/address"]);
});

test("the file is the last that was moved into the folder", () => {
  const stdout = [
    '{"type":"progress","p":{"status":"downloading","filename":"/m/a.mp4"}}',
    '{"type":"done","path":"/m/a.mp4"}',
    "NA",
    '{"type":"done","path":"/m/b [id].mkv"}',
    "",
  ].join("\n");
  expect(readDownloadedPath(stdout, "/m")).toBe("/m/b [id].mkv");
});

test("a title that begins with dots gives a file all the same", () => {
  expect(readDownloadedPath('{"type":"done","path":"/m/.._.._etc [x].mp4"}', "/m")).toBe(
    "/m/.._.._etc [x].mp4",
  );
});

test.each([
  ["no line of the end", '{"type":"meta","i":{}}'],
  ["a missing value of the 2023 version", '{"type":"done","path":"NA"}'],
  ["a path outside the folder", '{"type":"done","path":"/etc/passwd"}'],
  ["the folder above", '{"type":"done","path":"/m/../x.mp4"}'],
  ["the folder itself", '{"type":"done","path":"/m"}'],
  ["a folder that begins alike", '{"type":"done","path":"/m2/a.mp4"}'],
])("%s is no file", (_, stdout) => {
  expect(readDownloadedPath(stdout, "/m")).toBeNull();
});
