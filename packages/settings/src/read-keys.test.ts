import { expect, test } from "bun:test";
import { readKeys } from "./read-keys.ts";

const KEY = "0123456789abcdef";

test("both keys are read, a signing key without its prefix, and nothing else of the file", () => {
  const text = `# made once\nINNGEST_EVENT_KEY=event\nINNGEST_SIGNING_KEY=signkey-prod-${KEY}\nPORT=no\n`;
  expect(readKeys(text, "keys")).toEqual({ eventKey: "event", signingKey: KEY });
});

test("a server without keys has an empty file", () => {
  expect(readKeys("", "keys")).toEqual({ eventKey: undefined, signingKey: undefined });
  expect(readKeys("INNGEST_SIGNING_KEY=\n", "keys").signingKey).toBeUndefined();
});

test("what is wrong is told with its file, and no key is part of it", () => {
  const text = "INNGEST_EVENT_KEY=secret/event\nINNGEST_SIGNING_KEY=secret-signing\nsecret line\n";
  const read = () => readKeys(text, "/etc/keys");
  expect(read).toThrow("INNGEST_EVENT_KEY (/etc/keys)");
  expect(read).toThrow("must be hex");
  expect(read).toThrow("line 3 of /etc/keys");
  try {
    read();
  } catch (error) {
    expect(String(error)).not.toMatch(/secret/);
  }
});
