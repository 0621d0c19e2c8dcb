import { describe, expect, test } from "bun:test";
import { readFoundKeys } from "@system-bus/settings";
import { CliError } from "../output/failure.ts";
import { SOME_KEYS } from "../testing/some-setup.ts";
import { decideKeys, type KeySources } from "./decide-keys.ts";

const NONE = { eventKey: undefined, signingKey: undefined };
const OTHER = { eventKey: "evtkey-dev-1", signingKey: "cd".repeat(16) };

const keysOf = (keys: { eventKey: string; signingKey: string }) =>
  readFoundKeys(
    new Map([
      ["INNGEST_EVENT_KEY", keys.eventKey],
      ["INNGEST_SIGNING_KEY", keys.signingKey],
    ]),
  );

const sources = (given: Partial<KeySources>): KeySources => ({
  inForce: NONE,
  stored: NONE,
  keysFile: null,
  engine: null,
  ...given,
});

const file = (keys = OTHER) => ({ path: "/home/me/.env.inngest", keys: keysOf(keys) });
const container = (keys = SOME_KEYS) => ({ name: "the container inngest", keys: keysOf(keys) });

describe("keys", () => {
  test("of the settings file stay, whatever else there is", () => {
    const decided = decideKeys(
      sources({
        inForce: SOME_KEYS,
        stored: SOME_KEYS,
        keysFile: file(),
        engine: container(OTHER),
      }),
    );
    expect(decided).toEqual({ from: null, keys: SOME_KEYS });
  });

  test("of the environment are written down, where a daemon finds them", () => {
    expect(decideKeys(sources({ inForce: SOME_KEYS })).from).toBe("the environment");
  });

  test("of .env.inngest are taken before those of the container that it was made for", () => {
    const { from, keys } = decideKeys(sources({ keysFile: file(), engine: container() }));
    expect(from).toBe("/home/me/.env.inngest");
    expect(keys).toEqual(OTHER);
  });

  test("of a container are taken where there is no file", () => {
    expect(decideKeys(sources({ engine: container() }))).toEqual({
      from: "the container inngest",
      keys: SOME_KEYS,
    });
  });

  test("of the seeds, with their prefix, are taken without it", () => {
    const seed = { eventKey: "evtkey-dev-0a1b", signingKey: `signkey-dev-${"cd".repeat(16)}` };
    expect(decideKeys(sources({ keysFile: file(seed) })).keys.signingKey).toBe("cd".repeat(16));
  });

  test("only fill gaps: one that is set stays", () => {
    const half = { eventKey: "mine", signingKey: undefined };
    const { keys } = decideKeys(sources({ inForce: half, stored: half, keysFile: file() }));
    expect(keys).toEqual({ eventKey: "mine", signingKey: OTHER.signingKey });
  });

  test("are made where there are none", () => {
    expect(decideKeys(sources({}))).toEqual({ from: "new ones", keys: NONE });
  });
});

test.each(["local-prod-signing", "not-hex", "abc"])(
  "a signing key that no server takes, %p, is refused with a cure, and not shown",
  (signingKey) => {
    const refused = () => decideKeys(sources({ keysFile: file({ eventKey: "a", signingKey }) }));
    expect(refused).toThrow(CliError);
    expect(refused).toThrow(/INNGEST_SIGNING_KEY .*hex.*Nothing was changed/);
    if (signingKey !== "local-prod-signing") expect(refused).not.toThrow(signingKey);
  },
);
