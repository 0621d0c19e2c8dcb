import { expect, test } from "bun:test";
import { createServer } from "node:net";
import { findFreePort } from "./free-port.ts";

test("a port that is free is kept, and another is taken when it isn't", async () => {
  const port = await findFreePort(undefined);
  expect(await findFreePort(port)).toBe(port);

  const server = createServer();
  const listening = Promise.withResolvers<void>();
  server.listen(port, "127.0.0.1", listening.resolve);
  await listening.promise;
  expect(await findFreePort(port)).not.toBe(port);
  server.close();
});
