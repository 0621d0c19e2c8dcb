import { describe, expect, test } from "bun:test";
import { describeSettings, readSettings, SettingsError } from "./index.ts";

const read = (env: Record<string, string>) => readSettings({ env, home: "/home/me" });

function problemsOf(env: Record<string, string>): string {
  try {
    read(env);
    return "none";
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
}

test("nobody is told anything until a target is named, and then of everything", () => {
  expect(read({}).notify).toEqual({
    kinds: ["failures", "alerts", "videos", "loops"],
    webhook: undefined,
    ntfy: undefined,
    isDesktop: false,
    command: undefined,
    redis: undefined,
  });
});

test("each target has what it needs", () => {
  const { notify } = read({
    NOTIFY_ON: "loops, failures",
    NOTIFY_WEBHOOK_URL: "https://hooks.example/T0/B0?key=s3cret",
    NOTIFY_WEBHOOK_FORMAT: "slack",
    NOTIFY_WEBHOOK_SECRET: "whsec_aGVsbG8=",
    NOTIFY_NTFY_URL: "https://ntfy.example/push/bus",
    NOTIFY_NTFY_TOKEN: "tk_1",
    NOTIFY_NTFY_PRIORITY: "5",
    NOTIFY_DESKTOP: "1",
    NOTIFY_COMMAND: '["/usr/local/bin/tell","--from","the bus"]',
    NOTIFY_REDIS_URL: "redis://:pw@127.0.0.1:6379/2",
  });
  expect(notify).toEqual({
    kinds: ["failures", "loops"],
    webhook: {
      url: "https://hooks.example/T0/B0?key=s3cret",
      format: "slack",
      secret: "whsec_aGVsbG8=",
    },
    ntfy: { url: "https://ntfy.example/push/bus", token: "tk_1", urgentPriority: 5 },
    isDesktop: true,
    command: ["/usr/local/bin/tell", "--from", "the bus"],
    redis: { url: "redis://:pw@127.0.0.1:6379/2", channel: "system-bus:notify" },
  });
});

describe("what can't be meant is refused", () => {
  test.each([
    [{ NOTIFY_ON: "failures,books" }, "not books"],
    [{ NOTIFY_ON: "," }, "must be some of"],
    [{ NOTIFY_WEBHOOK_URL: "file:///etc/passwd" }, "must be an http or https address"],
    [{ NOTIFY_WEBHOOK_URL: "https://me:pw@hooks.example/" }, "must not hold a user or password"],
    [{ NOTIFY_NTFY_URL: "https://ntfy.sh" }, "must end with the topic"],
    [{ NOTIFY_NTFY_URL: "https://ntfy.sh/bus?x=1" }, "must end with the topic"],
    [{ NOTIFY_NTFY_TOKEN: "tk" }, "NOTIFY_NTFY_URL is not set"],
    [{ NOTIFY_NTFY_URL: "https://ntfy.sh/a", NOTIFY_NTFY_TOKEN: "a\r\nb" }, "printable ASCII"],
    [{ NOTIFY_NTFY_PRIORITY: "6" }, "from 1 to 5"],
    [{ NOTIFY_WEBHOOK_SECRET: "x" }, "NOTIFY_WEBHOOK_URL is not set"],
    [{ NOTIFY_COMMAND: "notify me" }, "must be a JSON array"],
    [{ NOTIFY_COMMAND: "[]" }, "must be a JSON array"],
    [{ NOTIFY_COMMAND: '["-rf"]' }, "must be a JSON array"],
    [{ NOTIFY_REDIS_URL: "http://127.0.0.1" }, "must be a Redis address"],
  ])("%p", (env: Record<string, string>, words) => {
    expect(problemsOf(env)).toContain(words);
  });
});

test("neither an error nor `igs config` shows an address or a key that lets others send", () => {
  const secrets = {
    NOTIFY_WEBHOOK_URL: "https://hooks.example/s3cret",
    NOTIFY_WEBHOOK_SECRET: "s3cret",
    NOTIFY_NTFY_URL: "https://ntfy.example/s3cret",
    NOTIFY_NTFY_TOKEN: "s3cret",
    NOTIFY_REDIS_URL: "redis://user:s3cret@127.0.0.1",
  };
  expect(JSON.stringify(describeSettings(read(secrets)))).not.toContain("s3cret");
  expect(problemsOf({ NOTIFY_WEBHOOK_URL: "ftp://hooks.example/s3cret" })).not.toContain("s3cret");
  expect(problemsOf({ NOTIFY_REDIS_URL: "http://user:s3cret@h" })).not.toContain("s3cret");
});
