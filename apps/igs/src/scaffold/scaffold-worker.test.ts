import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Runtime } from "./runtimes.ts";
import { scaffoldWorker } from "./scaffold-worker.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "igs-scaffold-"));
});
afterEach(() => rm(root, { recursive: true }));

interface Wish {
  readonly folder?: string;
  readonly runtime?: Runtime;
  readonly name?: string;
  readonly port?: number;
  readonly busPorts?: readonly number[];
}

const scaffold = ({ folder = "x", ...wish }: Wish = {}) =>
  scaffoldWorker({
    ...{ busPorts: [8288, 3111], settingsFile: "/home/me/env", busAppId: "system-bus" },
    ...wish,
    folder: join(root, folder),
  });

const read = (...names: string[]) => Bun.file(join(root, ...names)).text();
const write = (name: string, text: string) => Bun.write(join(root, name), text);

async function writeAll(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await write(name, text);
}

async function snapshot(): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for await (const name of new Bun.Glob("**/*").scan({ cwd: root, dot: true })) {
    texts[name] = await read(name);
  }
  return texts;
}

const EXPRESS = '{ "dependencies": { "express": "5.3.0" } }';
const HONO =
  '{ "dependencies": { "hono": "4.0.0" }, "devDependencies": { "typescript": "7.0.2" } }';

describe("a worker of its own", () => {
  test("is for Bun where nothing else is asked for, and named after its folder", async () => {
    expect(await scaffold({ folder: "Mein Wörker" })).toMatchObject({
      ...{ kind: "worker", runtime: "bun", name: "mein-w-rker" },
      commands: ["bun install", "bun run dev"],
    });
    expect(await read("Mein Wörker/src/inngest/client.ts")).toContain('id: "mein-w-rker"');
  });

  test("gets a port that neither the bus has nor anything else listens on", async () => {
    const { port } = await scaffold({ busPorts: [3111, 3112] });
    expect(port).toBeGreaterThan(3112);
    expect(await read("x/src/listen.ts")).toContain(`env.PORT || ${port}`);
    expect(await scaffold({ folder: "y", port: 4000 })).toMatchObject({ port: 4000 });
    expect(await read("y/README.md")).toContain("http://127.0.0.1:4000/api/inngest");
  });

  test("for Node.js tells Node's commands, and where the keys are", async () => {
    await scaffold({ runtime: "node" });
    const readme = await read("x/README.md");
    expect(readme).toContain("npm run dev");
    expect(readme).toContain('node --import tsx --env-file="/home/me/env" src/serve.ts');
    expect(readme).not.toMatch(/\bbun\b/i);
  });
});

describe("files for an app", () => {
  test("end their imports as the app's own do", async () => {
    const endingOf = async (source: string, config = "{}") => {
      await writeAll({ "x/package.json": HONO, "x/tsconfig.json": config, "x/src/a.ts": source });
      await scaffold();
      const text = await read("x/src/inngest/functions.ts");
      await rm(join(root, "x"), { recursive: true });
      return /from "(.+)"/.exec(text)?.[1];
    };
    expect(await endingOf('import { b } from "./b.js";')).toBe("./process-task.js");
    expect(await endingOf('import { b } from "./b";\nimport c from "../c";')).toBe(
      "./process-task",
    );
    expect(await endingOf('import { b } from "./b.ts";')).toBe("./process-task.ts");
    expect(await endingOf("")).toBe("./process-task.js");
    expect(await endingOf("", '{"compilerOptions":{"allowImportingTsExtensions":true}}')).toBe(
      "./process-task.ts",
    );
  });

  test("say which packages are missing, as the app's package manager is told", async () => {
    await writeAll({ "x/package.json": HONO, "x/pnpm-lock.yaml": "" });
    const { commands, linesToAdd } = await scaffold();
    expect(commands).toEqual(["pnpm add --save-exact inngest@4.24.0 zod@4.6.7"]);
    expect(linesToAdd).toContain('import { serve } from "inngest/hono";');
    expect(linesToAdd).not.toContain("new Hono");
  });

  test("of Next.js go where its routes are", async () => {
    const next = '{ "dependencies": { "next": "16.4.6", "typescript": "7.0.2", "hono": "4.0.0" } }';
    await writeAll({ "x/package.json": next, "x/src/pages/index.tsx": "" });
    expect((await scaffold()).written).toContain("src/app/api/inngest/route.ts");
    await writeAll({ "y/package.json": next, "y/app/page.tsx": "", "y/src/title.ts": "" });
    expect((await scaffold({ folder: "y" })).written).toContain("app/api/inngest/route.ts");
  });

  test("leave what is there, byte for byte", async () => {
    const files = { "x/package.json": HONO, "x/src/app.ts": "export const app = 1;\n" };
    await writeAll(files);
    await scaffold();
    expect(await snapshot()).toMatchObject(files);
  });
});

describe("a second time", () => {
  test("nothing of a worker is written, whatever became of it", async () => {
    await scaffold();
    await write("x/src/inngest/files.ts", "// mine\n");
    await rm(join(root, "x/README.md"));
    const before = await snapshot();
    expect(await scaffold()).toMatchObject({ runtime: "bun", written: [] });
    expect(await snapshot()).toEqual(before);
  });

  test("nothing of an app's files is written, whatever became of them", async () => {
    await writeAll({ "x/package.json": HONO });
    await scaffold();
    await write("x/inngest/files.ts", "// mine\n");
    const before = await snapshot();
    expect(await scaffold()).toMatchObject({ runtime: "hono", written: [] });
    expect(await snapshot()).toEqual(before);
  });

  test("a worker that was cut off after any file comes to the same end", async () => {
    const { written } = await scaffold();
    const whole = await snapshot();
    for (const [index] of written.entries()) {
      for (const name of written.slice(index)) await rm(join(root, "x", name));
      if (index === 0) await rm(join(root, "x"), { recursive: true });
      expect((await scaffold()).written).toEqual(written.slice(index));
      expect(await snapshot()).toEqual(whole);
    }
  });
});

describe("what can't be done is refused, and nothing is written", () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, Wish, string])[] = [
    ["a folder with something in it", { "x/notes.txt": "" }, {}, "not empty: it has notes.txt"],
    [
      "a folder with much in it",
      { "x/a": "", "x/b": "", "x/c": "", "x/d": "" },
      {},
      "a, b, c and 1 more",
    ],
    ["a folder with sources only", { "x/src/main.py": "" }, {}, "not empty: it has src"],
    [
      "sources that are not ours",
      { "x/.gitignore": "node_modules/\ndata/\n.env\n", "x/src/main.py": "" },
      {},
      "it has src/main.py",
    ],
    ["no app where one is meant", { "x/a": "" }, { runtime: "express" }, "no package.json"],
    ["a package.json of something else", { "x/package.json": "{}" }, {}, "next, express or hono"],
    ["a package.json that is none", { "x/package.json": "{" }, {}, "not a package.json"],
    [
      "another framework than the one that is there",
      { "x/package.json": EXPRESS },
      { runtime: "hono" },
      "does not name hono",
    ],
    [
      "a worker of its own in an app",
      { "x/package.json": EXPRESS },
      { runtime: "bun" },
      "not empty",
    ],
    ["an app without TypeScript", { "x/package.json": EXPRESS }, {}, "no TypeScript"],
    [
      "an app with the SDK's third version",
      {
        "x/package.json": '{ "dependencies": { "hono": "4.0.0", "inngest": "^3.54.2" } }',
        "x/tsconfig.json": "{}",
      },
      {},
      "inngest ^3.54.2",
    ],
    [
      "an app with some files of the same names",
      { "x/package.json": HONO, "x/inngest/client.ts": "export const inngest = 1;\n" },
      {},
      "inngest/client.ts already",
    ],
    ["a file", { x: "" }, {}, "is not a folder"],
    ["a folder in a file", { x: "" }, { folder: "x/y" }, "is not a folder"],
    ["the app id of the bus", {}, { name: "system-bus" }, "the bus' own worker"],
  ];

  test.each(cases)("%s", async (_title, files, wish, words) => {
    await writeAll(files);
    const before = await snapshot();
    const refusal = await scaffold(wish).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "refused", fix: expect.stringMatching(/\S/) });
    const { message } = Object(refusal);
    expect(message).toContain(words);
    expect(message).toContain("Nothing was written.");
    expect(await snapshot()).toEqual(before);
  });

  test.skipIf(process.platform !== "linux")("a folder that can't be written to", async () => {
    const wish = { busPorts: [], settingsFile: "", busAppId: "", folder: "/proc/igs-new" };
    await expect(scaffoldWorker(wish)).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("/proc/igs-new can't be written to"),
    });
  });

  test("another runtime than the one of the worker that is there", async () => {
    await scaffold();
    await expect(scaffold({ runtime: "node" })).rejects.toThrow("a worker for Bun already");
  });
});
