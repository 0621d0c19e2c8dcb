// Each way to a person, against the real thing: servers on loopback, programs, a Redis server.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NotifySettings, readSettings } from "@system-bus/settings";
import { RedisClient } from "bun";
import { createTargets } from "../../src/system/notify/targets/create-targets.ts";
import { desktopWords } from "../../src/system/notify/targets/desktop.ts";
import type { Notice, TargetName } from "../../src/system/notify/targets/target.ts";
import { openReceiver, type Receiver } from "./receiver.ts";

const NOW_MS = Date.parse("2026-01-05T12:00:00Z");
const notice: Notice = {
  ...{
    id: "notice:1",
    kind: "failures",
    title: "video-download has failed: ü",
    text: "404\nigs run 1",
  },
  ...{ isUrgent: true, count: 1, at: "2026-01-05T12:00:00.000Z", host: "mini" },
  ...{ eventName: "inngest/function.failed", eventId: "e1", runId: "r1" },
};

let folder: string;
let receiver: Receiver;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "targets-"));
  receiver = openReceiver();
});
afterEach(async () => {
  await receiver[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const settingsOf = (env: Record<string, string>): NotifySettings =>
  readSettings({ env, home: folder }).notify;

function target(name: TargetName, env: Record<string, string>, more: Record<string, string> = {}) {
  const deps = {
    ...{ fetch, nowMs: () => NOW_MS, home: folder, folder: join(folder, "notify") },
    env: { PATH: `${join(folder, "bin")}:${process.env["PATH"]}`, HOME: folder, ...more },
    platform: "linux",
  };
  const found = createTargets(settingsOf(env), deps).find((one) => one.name === name);
  if (!found) throw new Error(`${name} is not set`);
  return found;
}

const failureOf = (sending: Promise<string>) =>
  sending.then(
    (words) => ({ words, code: "none" }),
    (error: Error & { code?: string }) => ({
      words: error.message,
      code: error.code ?? error.name,
    }),
  );

describe("a webhook", () => {
  const env = (more: Record<string, string> = {}) => ({
    NOTIFY_WEBHOOK_URL: `${receiver.url}/hook?key=s3cret`,
    ...more,
  });

  test("gets the whole message as JSON, under an id by which it knows a repeat", async () => {
    expect(await target("webhook", env()).send(notice)).toBe(
      `the webhook at ${receiver.url} has taken it (200)`,
    );
    const [got] = receiver.received;
    expect(got?.path).toBe("/hook?key=s3cret");
    expect(JSON.parse(got?.body ?? "")).toEqual({ ...notice });
    expect(got?.headers).toMatchObject({
      "content-type": "application/json",
      "webhook-id": "notice:1",
    });
    expect(got?.headers["webhook-signature"]).toBeUndefined();
  });

  test.each([
    ["whsec_aGVsbG8=", Buffer.from("hello")],
    ["hello", Buffer.from("hello")],
  ])("is signed with %s as Standard Webhooks says", async (secret, key) => {
    await target("webhook", env({ NOTIFY_WEBHOOK_SECRET: secret })).send(notice);
    const [got] = receiver.received;
    const signed = `notice:1.${NOW_MS / 1_000}.${got?.body}`;
    const hmac = createHmac("sha256", key).update(signed).digest("base64");
    expect(got?.headers).toMatchObject({
      "webhook-timestamp": String(NOW_MS / 1_000),
      "webhook-signature": `v1,${hmac}`,
    });
  });

  test("of a chat gets what chats read, and plain text where that is asked for", async () => {
    await target("webhook", env({ NOTIFY_WEBHOOK_FORMAT: "slack" })).send(notice);
    await target("webhook", env({ NOTIFY_WEBHOOK_FORMAT: "text" })).send({ ...notice, text: "" });
    const [slack, text] = receiver.received;
    expect(JSON.parse(slack?.body ?? "")).toEqual({ text: `${notice.title}\n${notice.text}` });
    expect(text).toMatchObject({ body: notice.title });
    expect(text?.headers["content-type"]).toContain("text/plain");
  });

  test("that redirects is not followed: the message is for one address alone", async () => {
    await using elsewhere = openReceiver();
    receiver.answerNext(() => Response.redirect(`${elsewhere.url}/`, 307));
    const { words, code } = await failureOf(target("webhook", env()).send(notice));
    expect(words).toContain("redirects (307), which is not followed");
    expect(code).toBe("NOTIFY_REFUSED");
    expect(elsewhere.received).toEqual([]);
  });

  test.each([
    [500, "NOTIFY_FAILED"],
    [408, "NOTIFY_FAILED"],
    [503, "NOTIFY_FAILED"],
    [404, "NOTIFY_REFUSED"],
    [401, "NOTIFY_REFUSED"],
  ])("that answers %i is %s", async (status, code) => {
    receiver.answerNext(() => new Response(`no such channel\n${"x".repeat(100_000)}`, { status }));
    const failure = await failureOf(target("webhook", env()).send(notice));
    expect(failure.code).toBe(code);
    expect(failure.words).toStartWith(
      `the webhook at ${receiver.url} answers ${status}: no such channel xxx`,
    );
    expect(failure.words.length).toBeLessThan(350);
  });

  test("that has too much to do says when to come again", async () => {
    const headers = { "retry-after": "90" };
    receiver.answerNext(() => new Response("slow down", { status: 429, headers }));
    const failure = await target("webhook", env())
      .send(notice)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "RetryAfterError", retryAfter: "90" });
  });

  test("that is not there is told without the key in its address", async () => {
    await using gone = openReceiver();
    const url = `${gone.url}/s3cret?key=s3cret`;
    await gone[Symbol.asyncDispose]();
    const sending = target("webhook", { NOTIFY_WEBHOOK_URL: url }).send(notice);
    const error = await sending.catch((failed: unknown) => failed);
    expect(String(error)).toContain(`the webhook at ${gone.url} can't be reached`);
    expect(Bun.inspect(error)).not.toContain("s3cret");
    expect(await failureOf(sending)).toMatchObject({ code: "NOTIFY_FAILED" });
  });
});

describe("ntfy", () => {
  test("gets topic, priority and tags as JSON, in every script", async () => {
    const env = {
      NOTIFY_NTFY_URL: `${receiver.url}/push/my%20bus`,
      NOTIFY_NTFY_TOKEN: "tk_s3cret",
      NOTIFY_NTFY_PRIORITY: "5",
    };
    await target("ntfy", env).send(notice);
    await target("ntfy", env).send({ ...notice, kind: "alerts", isUrgent: false, text: "" });
    const [urgent, usual] = receiver.received;
    expect(urgent?.path).toBe("/push/");
    expect(urgent?.headers["authorization"]).toBe("Bearer tk_s3cret");
    expect(JSON.parse(urgent?.body ?? "")).toEqual({
      topic: "my bus",
      title: notice.title,
      message: notice.text,
      priority: 5,
      tags: ["warning"],
    });
    expect(JSON.parse(usual?.body ?? "")).toMatchObject({
      ...{ message: notice.title, priority: 3, tags: ["white_check_mark"] },
    });
  });

  test("gets no more than it shows, and no half of a character", async () => {
    const env = { NOTIFY_NTFY_URL: `${receiver.url}/bus` };
    await target("ntfy", env).send({ ...notice, text: `a${"ü".repeat(5_000)}` });
    const { message }: { message: string } = JSON.parse(receiver.received[0]?.body ?? "");
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(4_003);
    expect(message).toMatch(/^aü+…$/);
  });

  test("that refuses the token says so, and shows neither token nor topic", async () => {
    receiver.answerNext(() => Response.json({ code: 40301, error: "forbidden" }, { status: 403 }));
    const env = { NOTIFY_NTFY_URL: `${receiver.url}/s3cret`, NOTIFY_NTFY_TOKEN: "tk_s3cret" };
    const failure = await failureOf(target("ntfy", env).send(notice));
    expect(failure.code).toBe("NOTIFY_REFUSED");
    expect(failure.words).toContain("forbidden");
    expect(failure.words).not.toContain("s3cret");
  });
});

/** A program of a person's own, on the PATH. */
async function addProgram(name: string, script: string): Promise<string> {
  const path = join(folder, "bin", name);
  await mkdir(join(folder, "bin"), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

describe("a command", () => {
  const commandOf = (...words: string[]) => ({ NOTIFY_COMMAND: JSON.stringify(words) });

  test("gets the message on its standard input and its arguments as they are", async () => {
    const out = join(folder, "out");
    await addProgram("tell", `cat >'${out}'; printf '%s|' "$@" >>'${out}'`);
    const words = ["tell", "$(id)", "a b; c"];
    expect(await target("command", commandOf(...words)).send(notice)).toBe("tell has taken it");
    expect(await readFile(out, "utf8")).toBe(`${JSON.stringify(notice)}\n$(id)|a b; c|`);
    expect(await readdir(join(folder, "notify"))).toEqual([]);
  });

  test("has no secret of the bus in its environment", async () => {
    const out = join(folder, "out");
    await addProgram("tell", `env >'${out}'`);
    const secrets = { INNGEST_SIGNING_KEY: "00ff", NOTIFY_NTFY_TOKEN: "tk", LANG: "de_DE.UTF-8" };
    await target("command", commandOf("tell"), secrets).send(notice);
    const environment = await readFile(out, "utf8");
    expect(environment).toContain("LANG=de_DE.UTF-8");
    expect(environment).not.toMatch(/INNGEST|NOTIFY/);
  });

  test("that fails says how, with its last words, and may be tried again", async () => {
    await addProgram("tell", "echo first; echo 'no route to host' >&2; exit 3");
    expect(await failureOf(target("command", commandOf("tell")).send(notice))).toEqual({
      words: "tell ended with 3: first no route to host",
      code: "NOTIFY_FAILED",
    });
    expect(await readdir(join(folder, "notify"))).toEqual([]);
  });

  test("that is not there is not tried again", async () => {
    const failure = await failureOf(target("command", commandOf("no-such-program")).send(notice));
    expect(failure.code).toBe("NOTIFY_REFUSED");
    expect(failure.words).toContain("no-such-program");
  });

  test("finds its message in a file that nobody else may read", async () => {
    const out = join(folder, "out");
    await addProgram("tell", `ls -l '${join(folder, "notify")}' >'${out}'`);
    await target("command", commandOf("tell")).send(notice);
    expect(await readFile(out, "utf8")).toMatch(/-rw------- .*\.in/);
    expect((await stat(join(folder, "notify"))).mode & 0o077).toBe(0);
  });
});

describe("a notification on the desktop", () => {
  const urgent = { title: "-v & <b>", text: '"; do shell script "id" & <b>x</b>', isUrgent: true };

  test("on Linux takes words for words: no option, no markup", async () => {
    const out = join(folder, "out");
    await addProgram("notify-send", `printf '%s\\n' "$@" "$DBUS_SESSION_BUS_ADDRESS" >'${out}'`);
    const more = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/run/user/1000/bus" };
    await target("desktop", { NOTIFY_DESKTOP: "1" }, more).send({ ...notice, ...urgent });
    expect((await readFile(out, "utf8")).trim().split("\n")).toEqual([
      ...["--app-name=System Bus", "--urgency=critical", "--", "-v & <b>"],
      '"; do shell script "id" &amp; &lt;b&gt;x&lt;/b&gt;',
      "unix:path=/run/user/1000/bus",
    ]);
  });

  test("on a Mac the words are arguments of the script, never part of it", () => {
    const words = desktopWords(urgent, { platform: "darwin", has: () => false }) ?? [];
    expect(words.slice(0, 2)).toEqual(["osascript", "-e"]);
    expect(words[2]).not.toContain("shell script");
    expect(words.slice(3)).toEqual(["System Bus: -v & <b>", urgent.text]);
  });

  test("on a Mac with terminal-notifier no word is taken for an option or a list", () => {
    const has = (name: string) => name === "terminal-notifier";
    const text = "[x] done";
    expect(desktopWords({ ...urgent, text }, { platform: "darwin", has })).toEqual([
      ...["terminal-notifier", "-title", "System Bus", "-subtitle", "\\-v & <b>"],
      ...["-message", "\\[x] done"],
    ]);
  });

  test("without a program for it says what to install", () => {
    expect(desktopWords(urgent, { platform: "linux", has: () => false })).toBeNull();
  });
});

const redisServer = Bun.which("redis-server");

describe.skipIf(redisServer === null)("a Redis channel (needs redis-server)", () => {
  let server: Bun.Subprocess;
  let socket: string;
  let port: number;
  beforeEach(async () => {
    port = freePort();
    socket = `redis://:s3cret@127.0.0.1:${port}`;
    server = Bun.spawn(
      [
        ...[redisServer ?? "", "--port", String(port), "--bind", "127.0.0.1", "--save", ""],
        ...["--appendonly", "no", "--requirepass", "s3cret", "--dir", folder],
      ],
      { stdin: "ignore", stdout: "ignore", stderr: "ignore" },
    );
    await untilListening(port);
  });
  afterEach(async () => {
    server.kill("SIGKILL");
    await server.exited;
  });

  const env = (url: string) => ({ NOTIFY_REDIS_URL: url, NOTIFY_REDIS_CHANNEL: "gateway" });

  test("gets the message as JSON, and says how many listen", async () => {
    expect(await target("redis", env(socket)).send(notice)).toBe(
      `Redis at 127.0.0.1:${port} has taken it: 0 listen on gateway`,
    );
    const gateway = new RedisClient(socket);
    await gateway.connect();
    const heard = Promise.withResolvers<string>();
    await gateway.subscribe("gateway", (message) => heard.resolve(message));
    expect(await target("redis", env(socket)).send(notice)).toContain("1 listens on gateway");
    expect(JSON.parse(await heard.promise)).toEqual({ ...notice });
    gateway.close();
  });

  test("with a wrong password says what to look at, and shows neither it nor the right one", async () => {
    const wrong = `redis://:wr0ng@127.0.0.1:${port}`;
    const failure = await failureOf(target("redis", env(wrong)).send(notice));
    expect(failure.words).toContain("are user and password right (NOTIFY_REDIS_URL)?");
    expect(failure.words).not.toMatch(/wr0ng|s3cret/);
  });

  test("of a user who may not publish there is refused", async () => {
    const admin = new RedisClient(socket);
    await admin.connect();
    await admin.send("ACL", ["SETUSER", "guest", "on", ">pw", "+hello", "+ping", "+client"]);
    admin.close();
    const guest = `redis://guest:pw@127.0.0.1:${port}`;
    const failure = await failureOf(target("redis", env(guest)).send(notice));
    expect(failure).toMatchObject({ code: "NOTIFY_REFUSED" });
    expect(failure.words).toContain("NOPERM");
  });

  test("that is gone may be tried again", async () => {
    server.kill("SIGKILL");
    await server.exited;
    const failure = await failureOf(target("redis", env(socket)).send(notice));
    expect(failure.code).toBe("NOTIFY_FAILED");
    expect(failure.words).toStartWith(`Redis at 127.0.0.1:${port} has not taken it`);
    expect(failure.words).not.toContain("s3cret");
  });
});

function freePort(): number {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = probe;
  probe.stop(true);
  return port;
}

async function untilListening(port: number): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } }).catch(
      () => null,
    );
    if (socket) {
      socket.end();
      return;
    }
    await Bun.sleep(10);
  }
  throw new Error(`nothing listens on ${port}`);
}
