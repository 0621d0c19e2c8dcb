import { createServer } from "node:net";

const HOST = "127.0.0.1";

/** The port asked for when nothing listens there, else one that the system gives. */
export async function findFreePort(preferred: number | undefined): Promise<number> {
  if (preferred !== undefined && (await tryPort(preferred)) !== null) return preferred;
  const port = await tryPort(0);
  if (port === null) throw new Error(`${HOST} has no free port`);
  return port;
}

function tryPort(port: number): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const server = createServer();
  server.once("error", () => resolve(null));
  server.listen(port, HOST, () => {
    const address = server.address();
    const found = typeof address === "object" && address !== null ? address.port : null;
    server.close(() => resolve(found));
  });
  return promise;
}
