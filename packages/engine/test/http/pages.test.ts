// Pages as the dashboard's: bundled by Bun, served through the guard.

import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPageServer, type PageServer } from "../../src/http/page-server.ts";
import { HttpFixture, SIGNING_KEY } from "./fixture.ts";

let pages: PageServer;
let http: HttpFixture;

const FILES = {
  "index.html": `<!doctype html><link rel="stylesheet" href="./page.css">
    <script type="module" src="./page.ts"></script>`,
  "page.css": "body { color: teal; }",
  "page.ts": 'console.info("bundled" as string);',
};

const folder = mkdtempSync(join(tmpdir(), "pages-test-"));

beforeAll(async () => {
  for (const [name, text] of Object.entries(FILES)) await Bun.write(join(folder, name), text);
  const { default: page } = await import(join(folder, "index.html"));
  pages = createPageServer({ "/": page, "/runs/*": page });
});
afterAll(async () => {
  await pages.stop();
  rmSync(folder, { recursive: true });
});
afterEach(() => http.close());

const servePage = (request: Request) => pages.respond(request);
const AS_PERSON = { headers: { accept: "text/html" } };

describe("a page", () => {
  test("comes with its bundled script and style, and the policy that lets them run", async () => {
    http = new HttpFixture({}, { servePage });
    const response = await http.request("/runs/1", AS_PERSON);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-security-policy")).toContain("script-src 'self'");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    const html = await response.text();
    for (const [, path = ""] of html.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
      const file = await http.request(path);
      expect(file.status).toBe(200);
      expect(file.headers.get("content-type")).toMatch(/javascript|css/);
    }
    expect(html.match(/(?:src|href)="\//g)).toHaveLength(2);
  });

  test("is answered as unchanged to who has it", async () => {
    http = new HttpFixture({}, { servePage });
    const etag = (await http.request("/")).headers.get("etag") ?? "";
    const again = await http.request("/", { headers: { "if-none-match": etag } });
    expect(again.status).toBe(304);
  });

  test("and its files are for those who are logged in", async () => {
    http = new HttpFixture({ isOpen: false, signingKeys: [SIGNING_KEY] }, { servePage });
    expect((await http.request("/runs/1", AS_PERSON)).headers.get("location")).toContain("/login");
    expect((await http.request("/chunk-x.js")).status).toBe(401);
    const [cookie = ""] = http.access.beginSession(false).split(";");
    expect((await http.request("/runs/1", { headers: { cookie } })).status).toBe(200);
  });

  test("is never the answer to a path of an API, nor to one that nobody knows", async () => {
    http = new HttpFixture({}, { servePage });
    const api = await http.request("/api/v2/nothing", AS_PERSON);
    expect(await api.json()).toMatchObject({ errors: [{ code: "not_found" }] });
    expect((await http.request("/nothing", AS_PERSON)).status).toBe(404);
    expect((await http.request("/", { method: "POST" })).status).toBe(404);
  });
});
