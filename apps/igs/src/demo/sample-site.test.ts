import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { checkoutFolder } from "../checkout.ts";
import { findFreePort } from "./free-port.ts";
import { SampleSite } from "./sample-site.ts";

const TALK = join(checkoutFolder, "samples/talk/talk.mp4");

describe("the sample's site", () => {
  let site: SampleSite;
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(new URL(path, site.url), { headers });

  beforeEach(async () => {
    site = await SampleSite.start({ port: await findFreePort(undefined) });
  });
  afterEach(() => site.stop());

  test("the page names the video and its captions", async () => {
    const page = await (await fetch(site.url)).text();
    expect(page).toContain('<source src="/talk.mp4" type="video/mp4">');
    expect(page).toContain('<track src="/talk.vtt"');
    expect(await (await get("/talk.vtt")).text()).toStartWith("WEBVTT");
  });

  test("the file comes whole, with its length", async () => {
    const response = await get("/talk.mp4");
    const bytes = await response.bytes();
    expect(response.headers.get("content-length")).toBe(String(bytes.length));
    expect(sha256(bytes)).toBe(sha256(await Bun.file(TALK).bytes()));
  });

  test("a download that was cut goes on where it stopped", async () => {
    const whole = await Bun.file(TALK).bytes();
    const response = await get("/talk.mp4", { range: "bytes=100000-" });
    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe(
      `bytes 100000-${whole.length - 1}/${whole.length}`,
    );
    expect(sha256(await response.bytes())).toBe(sha256(whole.subarray(100_000)));
  });

  test("anything else is not there", async () => {
    expect((await get("/../package.json")).status).toBe(404);
    expect((await get("/talk.mp4", { range: "bytes=99999999-" })).status).toBe(416);
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
