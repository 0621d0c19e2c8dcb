// What the fake containers run: it answers as an Inngest server does. It is the embedded engine, which
// speaks Inngest's protocol, with its name taken off.
//
// State is kept where INNGEST_SQLITE_DIR is on a mounted volume, else nowhere, as the real server has it.

import { join } from "node:path";

/** A container's name for the machine, and what it leads to: this one runs on the machine itself. */
const OUTSIDE = "//host.docker.internal:";
const INSIDE = "//127.0.0.1:";

const mainScript = join(import.meta.dir, "../../src/main.ts");
const port = Number(process.env["FAKE_PORT"]);
const [mountedAt = "", volume = ""] = (process.env["FAKE_MOUNT"] ?? "").split("=");
const folder = process.env["INNGEST_SQLITE_DIR"];
const data =
  folder !== undefined && mountedAt !== "" && folder.startsWith(mountedAt) ? volume : null;

const inner = await startEngine();

const server = serve();
process.on("SIGTERM", () => {
  void server.stop(true);
  inner.process.kill("SIGTERM");
  void inner.process.exited.then(() => process.exit(0));
});
// A killed test must not leave it behind.
const parentState = process.env["FAKE_STATE"] ?? "";
setInterval(async () => {
  if (!(await Bun.file(join(parentState, "calls.jsonl")).exists())) {
    inner.process.kill("SIGKILL");
    process.exit(0);
  }
}, 500);
console.log("listening");

function serve() {
  try {
    return Bun.serve({ hostname: "127.0.0.1", port, idleTimeout: 0, fetch: answer });
  } catch {
    inner.process.kill("SIGKILL");
    console.log("port taken");
    process.exit(1);
  }
}

async function answer(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  if (pathname === "/health") return Response.json({ status: 200, message: "OK" });
  if (pathname === "/dev") return new Response("404 page not found\n", { status: 404 });
  const headers = new Headers(request.headers);
  headers.delete("host");
  const body = request.body === null ? null : (await request.text()).replaceAll(OUTSIDE, INSIDE);
  headers.delete("content-length");
  const answered = await fetch(`${inner.url}${pathname}${search}`, {
    method: request.method,
    headers,
    body,
    redirect: "manual",
  });
  return new Response((await answered.text()).replaceAll(INSIDE, OUTSIDE), {
    status: answered.status,
    headers: withoutEncoding(answered.headers),
  });
}

function withoutEncoding(given: Headers): Headers {
  const headers = new Headers(given);
  for (const name of ["content-encoding", "content-length", "transfer-encoding"])
    headers.delete(name);
  return headers;
}

async function startEngine() {
  const child = Bun.spawn(
    [
      ...[process.execPath, "--no-env-file", mainScript, "engine", "--json", "--port", "0"],
      ...(data === null ? ["--memory"] : ["--data", data]),
    ],
    {
      env: { ...process.env, BUS_HOME: join(process.env["FAKE_STATE"] ?? "", "inside") },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
    },
  );
  for await (const bytes of child.stdout) {
    const ready = JSON.parse(new TextDecoder().decode(bytes)) as { result: { url: string } };
    return { process: child, url: ready.result.url };
  }
  throw new Error("the engine ended before it was ready");
}
