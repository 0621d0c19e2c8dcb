// `igs new`, and what it writes: type-checked, started beside the embedded engine, sent a task. The
// packages are those of this checkout; their versions are held to be the ones that are written.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, readdir, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readLines } from "../src/supervisor/lines.ts";
import { Processes } from "./processes.ts";

const TIMEOUT_MS = 60_000;
const checkout = join(import.meta.dir, "../../..");
const packageFolders = [join(import.meta.dir, "../node_modules"), join(checkout, "node_modules")];

let processes: Processes;
const programs: Bun.Subprocess[] = [];
beforeEach(async () => {
  processes = await Processes.create();
});
afterEach(async () => {
  // A test that fails leaves no worker behind.
  for (const program of programs.splice(0)) {
    program.kill("SIGKILL");
    await program.exited;
  }
  await processes.end();
});

const place = (...names: string[]) => join(processes.home, ...names);
const readText = (...names: string[]) => Bun.file(place(...names)).text();
const writeText = (name: string, text: string) => Bun.write(place(name), text);

/** Links what a manifest names, from this checkout, and holds the versions against each other. */
async function installLinked(folder: string, names?: readonly string[]): Promise<void> {
  const { dependencies, devDependencies = {} } = await Bun.file(
    join(folder, "package.json"),
  ).json();
  const wanted: Record<string, string> = { ...dependencies, ...devDependencies };
  for (const name of names ?? Object.keys(wanted)) {
    const found = packageFolders.map((packages) => join(packages, name));
    const from = await firstThatIsThere(found);
    const { version } = await Bun.file(join(from, "package.json")).json();
    expect(`${name} ${version}`).toBe(`${name} ${wanted[name] ?? version}`);
    await mkdir(dirname(join(folder, "node_modules", name)), { recursive: true });
    await symlink(from, join(folder, "node_modules", name));
  }
}

async function firstThatIsThere(folders: readonly string[]): Promise<string> {
  for (const folder of folders) {
    if (await Bun.file(join(folder, "package.json")).exists()) return folder;
  }
  throw new Error(`none of these is installed: ${folders.join(", ")}`);
}

async function typecheck(folder: string): Promise<string> {
  const tsc = Bun.spawn([join(checkout, "node_modules/.bin/tsc"), "--noEmit"], { cwd: folder });
  await tsc.exited;
  return tsc.stdout.text();
}

/** Runs a program in a folder with the engine's address; its lines as they come. */
function run(argv: readonly string[], folder: string, env: Record<string, string> = {}) {
  const program = Bun.spawn([...argv], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", HOME: processes.home, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  programs.push(program);
  return program;
}

/** Sends a task for a file of loopback, and returns the runs and events that came of it. */
async function sendTask() {
  await using site = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => new Response("one\ntwo\nthree\n"),
  });
  const data = JSON.stringify({ url: `${site.url.origin}/lines.txt` });
  const { envelope } = await processes.igs(["send", "task/process", "--data", data, "--follow"]);
  const events = await processes.igs(["events", "--json"]);
  expect(envelope).toMatchObject({
    ok: true,
    result: { runs: [{ functionId: "process-task", status: "COMPLETED" }] },
  });
  expect(JSON.stringify(events.envelope.result)).toContain('"task/completed"');
}

describe("a worker of its own", () => {
  test.each(["bun", "node"] as const)(
    "for %s is type-checked, tests itself, and does a task beside the bus",
    async (runtime) => {
      const folder = place("Mein Wörker");
      const { envelope } = await processes.igs(["new", "Mein Wörker", "--runtime", runtime]);
      expect(envelope).toMatchObject({ ok: true, result: { name: "mein-w-rker", folder } });
      await installLinked(folder);
      expect(await typecheck(folder)).toBe("");
      await writeText(
        "Mein Wörker/src/bad.ts",
        'import { inngest } from "./inngest/client.ts";\nimport { taskProcess } from "./inngest/events.ts";\nexport const sent = inngest.send(taskProcess.create({ uri: "https://example.org" }));\n',
      );
      expect(await typecheck(folder)).toMatch(/^src\/bad\.ts\(3,.*'uri'/);
      await rm(place("Mein Wörker/src/bad.ts"));

      const { scripts } = await Bun.file(join(folder, "package.json")).json();
      const own = run(scripts.test.split(" "), folder);
      expect(await own.exited).toBe(0);

      const engineUrl = await processes.startEngine();
      const env = { INNGEST_BASE_URL: engineUrl, PORT: "0" };
      const worker = run(scripts.start.split(" "), folder, env);
      const lines = readLines(worker.stdout);
      const { value: started } = await lines.next();
      expect(started).toMatch(/^mein-w-rker on http:\/\/127\.0\.0\.1:[0-9]+$/);
      expect((await lines.next()).value).toBe("registered at the engine");
      const status = await fetch(`${String(started).split(" on ")[1]}/`);
      expect(await status.json()).toEqual({ status: "running", functions: 1 });

      await sendTask();
      const [download] = await readdir(join(folder, "data"));
      expect(await Bun.file(join(folder, "data", String(download))).text()).toBe(
        "one\ntwo\nthree\n",
      );
      worker.kill("SIGTERM");
      expect(await worker.exited).toBe(0);
    },
    TIMEOUT_MS,
  );

  test("listens beyond loopback only with a key", async () => {
    const { readListen } = await import("../templates/src/listen.ts");
    expect(() => readListen({ HOST: "0.0.0.0" })).toThrow("INNGEST_SIGNING_KEY");
    expect(readListen({ HOST: "0.0.0.0", INNGEST_SIGNING_KEY: "ab" }).hostname).toBe("0.0.0.0");
    expect(readListen({})).toEqual({ hostname: "127.0.0.1", port: 3112 });
  });
});

describe("an app that is there", () => {
  const TSCONFIG = JSON.stringify({
    compilerOptions: {
      ...{ target: "ESNext", lib: ["ESNext", "DOM"], module: "NodeNext", types: ["node"] },
      ...{ noEmit: true, strict: true, skipLibCheck: true },
    },
  });

  test(
    "of Express gets the files, and with the printed lines does a task",
    async () => {
      const folder = place("shop");
      await writeText(
        "shop/package.json",
        '{ "type": "module", "dependencies": { "express": "5.3.0" } }',
      );
      await writeText("shop/tsconfig.json", TSCONFIG);
      const { envelope } = await processes.igs(["new", "shop"]);
      const { linesToAdd, runtime, commands } = Object(envelope.result);
      expect(runtime).toBe("express");
      expect(commands).toEqual(["npm install --save-exact inngest@4.24.0 zod@4.6.7"]);
      const [imports, mount] = linesToAdd.split("\n\n");
      await writeText(
        "shop/server.ts",
        [
          'import express from "express";',
          imports,
          "const app = express();",
          'app.get("/", (_request, response) => { response.send("the shop"); });',
          mount,
          'const server = app.listen(0, "127.0.0.1", () => {',
          "  const address = server.address();",
          '  if (typeof address === "object") console.log("http://127.0.0.1:" + address?.port);',
          "});",
        ].join("\n"),
      );
      await installLinked(folder, [
        ...["express", "inngest", "zod", "tsx", "@types/express", "@types/node"],
      ]);
      expect(await typecheck(folder)).toBe("");

      const engineUrl = await processes.startEngine();
      const app = run(["node", "--import", "tsx", "server.ts"], folder, {
        INNGEST_BASE_URL: engineUrl,
      });
      const { value: origin } = await readLines(app.stdout).next();
      const registered = await fetch(`${origin}/api/inngest`, { method: "PUT" });
      expect(registered.status).toBe(200);
      await sendTask();
      expect(await (await fetch(`${origin}/`)).text()).toBe("the shop");
    },
    TIMEOUT_MS,
  );

  test(
    "of Next.js gets a route that does a task, where its routes are",
    async () => {
      const folder = place("site");
      await writeText(
        "site/package.json",
        '{ "type": "module", "dependencies": { "next": "16.4.6", "typescript": "7.0.2" } }',
      );
      await writeText("site/src/app/page.tsx", 'import { title } from "../title";\n');
      const { envelope } = await processes.igs(["new", "site"]);
      expect(envelope.result).toMatchObject({ runtime: "next", linesToAdd: null });
      const route = await readText("site/src/app/api/inngest/route.ts");
      expect(route).toContain('from "../../../inngest/client";');
      await rm(place("site/src/app/page.tsx"));
      await writeText(
        "site/tsconfig.json",
        TSCONFIG.replace('"NodeNext"', '"Preserve","moduleResolution":"bundler"'),
      );
      await installLinked(folder, ["inngest", "zod", "@types/node"]);
      expect(await typecheck(folder)).toBe("");

      const engineUrl = await processes.startEngine();
      // Next.js gives a route's handlers web requests, as Bun does.
      await writeText(
        "site/serve.ts",
        `import * as route from "./src/app/api/inngest/route.ts";
        const handlers: Record<string, (request: Request) => Promise<Response>> = route as never;
        const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) =>
          handlers[request.method]?.(Object.assign(request, { nextUrl: new URL(request.url) })) ??
          new Response(null, { status: 405 }) });
        console.log(server.url.origin);`,
      );
      const app = run([process.execPath, "serve.ts"], folder, { INNGEST_BASE_URL: engineUrl });
      const { value: origin } = await readLines(app.stdout).next();
      expect((await fetch(`${origin}/api/inngest`, { method: "PUT" })).status).toBe(200);
      await sendTask();
    },
    TIMEOUT_MS,
  );
});

test.each([
  [["x", "--runtime", "fastify"], "bun, node, hono, express, next"],
  [["x", "--name", "My Worker"], "small letters"],
  [[], "folder"],
])("%p is a mistake on the command line", async (args, words) => {
  const { exitCode, envelope } = await processes.igs(["new", ...args]);
  expect(exitCode).toBe(2);
  expect(envelope).toMatchObject({
    error: { code: "usage", message: expect.stringContaining(words) },
  });
});
