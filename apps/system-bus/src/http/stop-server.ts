import type { Server } from "bun";

/** Takes no more calls, and waits up to `graceMs` for those in hand. */
export async function stopServer(server: Server<undefined> | null, graceMs: number): Promise<void> {
  if (!server) return;
  const graceful = server.stop();
  const timer = Promise.withResolvers<void>();
  const timeout = setTimeout(timer.resolve, graceMs);
  await Promise.race([graceful, timer.promise]);
  clearTimeout(timeout);
  await server.stop(true);
}
