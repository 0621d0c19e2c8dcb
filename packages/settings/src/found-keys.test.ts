import { expect, test } from "bun:test";
import { readFoundKeys } from "./found-keys.ts";

const read = (values: Record<string, string>) => readFoundKeys(new Map(Object.entries(values)));

test("keys are read as the settings file would hold them: without the seeds' prefix", () => {
  const INNGEST_SIGNING_KEY = `signkey-dev-${"0a".repeat(16)}`;
  expect(read({ INNGEST_EVENT_KEY: " evtkey-dev-1 ", INNGEST_SIGNING_KEY })).toEqual({
    eventKey: "evtkey-dev-1",
    signingKey: "0a".repeat(16),
    problems: [],
  });
});

test("what is not there, or empty, is undefined and no problem", () => {
  expect(read({ INNGEST_EVENT_KEY: "" })).toEqual({
    eventKey: undefined,
    signingKey: undefined,
    problems: [],
  });
});

test("a key that can't be used is named with its cure, and never shown", () => {
  const { problems, signingKey } = read({
    INNGEST_EVENT_KEY: "with a blank",
    INNGEST_SIGNING_KEY: "secret-word",
  });
  expect(signingKey).toBeUndefined();
  expect(problems).toEqual([
    expect.stringMatching(/^INNGEST_EVENT_KEY may hold .*openssl/),
    expect.stringMatching(/^INNGEST_SIGNING_KEY must be hex .*openssl/),
  ]);
  expect(problems.join()).not.toContain("secret-word");
});
