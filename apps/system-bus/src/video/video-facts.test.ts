import { expect, test } from "bun:test";
import {
  describeVideo,
  identityOf,
  MetadataSchema,
  pickAutomaticCaptions,
  readLanguage,
} from "./video-facts.ts";

const mediaHash = "0123456789abcdef".repeat(4);
const nothing = { durationSeconds: null, title: null, artist: null };
const read = (fields: object) =>
  MetadataSchema.parse({ id: "abc", extractor: "youtube", ...fields });
const describeInfo = (fields: object, more: object = {}) =>
  describeVideo({
    metadata: read(fields),
    probe: nothing,
    mediaHash,
    address: "http://x/",
    title: undefined,
    ...more,
  });

test("a video of a site has the site's id, and everything that the site tells", () => {
  expect(
    describeInfo({
      title: "A\ntalk",
      webpage_url: "https://ada:pw@youtube.com/watch?v=abc",
      channel: "Ada",
      uploader: "ada1815",
      upload_date: "20260102",
      duration: 12.3456,
    }),
  ).toEqual({
    id: "youtube:abc",
    title: "A talk",
    url: "https://youtube.com/watch?v=abc",
    channel: "Ada",
    published: "2026-01-02",
    durationSeconds: 12.346,
  });
});

test("unknown, missing and misshapen fields are left out", () => {
  expect(
    describeInfo({
      title: null,
      webpage_url: 7,
      upload_date: "20261399",
      duration: "long",
      channel: "  ",
    }),
  ).toEqual({
    id: "youtube:abc",
    title: "youtube:abc",
    url: "http://x/",
  });
});

test("a file's name is no identity: its content is", () => {
  expect(identityOf({ extractor: "generic", id: "talk" }, mediaHash)).toBe(
    "generic:talk-0123456789ab",
  );
  expect(identityOf({ extractor: "html5", id: "page-1" }, "f".repeat(64))).toBe(
    "html5:page-1-ffffffffffff",
  );
  expect(identityOf({ extractor: "twitch:vod", id: "1" }, mediaHash)).toBe("twitch:vod:1");
  expect(identityOf({ extractor: "!?", id: "\n" }, mediaHash)).toBe("generic:video-0123456789ab");
});

test("a bare file is titled by what its maker wrote into it, a page without the count", () => {
  const probe = { durationSeconds: 68.2, title: "A nervous system", artist: "System Bus" };
  const direct = describeInfo({ extractor: "generic", direct: true, title: "talk" }, { probe });
  expect(direct).toMatchObject({
    title: "A nervous system",
    channel: "System Bus",
    durationSeconds: 68.2,
  });
  expect(describeInfo({ extractor: "html5", title: "A talk (1)" }, { probe }).title).toBe("A talk");
  expect(describeInfo({ title: "Part (1)" }).title).toBe("Part (1)");
});

test("the sender's title wins", () => {
  expect(describeInfo({ title: "x" }, { title: "Mine" }).title).toBe("Mine");
});

test("of a hundred automatic captions the one that was heard is taken", () => {
  const tracks = { de: [], en: [], "en-orig": [], fr: [] };
  expect(pickAutomaticCaptions(read({ automatic_captions: tracks }))).toBe("en-orig");
  expect(
    pickAutomaticCaptions(read({ automatic_captions: { de: [], en: [] }, language: "de" })),
  ).toBe("de");
  expect(pickAutomaticCaptions(read({ automatic_captions: { de: [], en: [] } }))).toBeNull();
  expect(pickAutomaticCaptions(read({ automatic_captions: { en: [] } }))).toBe("en");
  expect(pickAutomaticCaptions(read({}))).toBeNull();
});

test("a language is a tag that events take, or unknown", () => {
  expect(["en", "pt_BR", "en-orig", "zh-Hans", "en-nP7-2PuUl7o"].map(readLanguage)).toEqual([
    "en",
    "pt-BR",
    "en",
    "zh-Hans",
    "en-nP7-2PuUl7o",
  ]);
  expect(["und", "live_chat", "", "english!", null].map(readLanguage)).toEqual([
    null,
    null,
    null,
    null,
    null,
  ]);
});
