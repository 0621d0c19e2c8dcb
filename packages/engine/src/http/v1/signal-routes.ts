// `/v1/signals`: protocol notes, section 1.10.

import { Hono } from "hono";
import { EngineError } from "../../core/errors.ts";
import { readSignal, SIGNAL_CHARS_MAX } from "../../protocol/signal.ts";
import type { HttpDeps } from "../deps.ts";
import { COMMAND_BODY_BYTES_MAX, readObject } from "../request/request-body.ts";

export function createSignalRoutes({ commands }: Pick<HttpDeps, "commands">): Hono {
  const app = new Hono();

  app.post("/", async (c) => {
    const signal = readSignal(await readObject(c.req.raw, COMMAND_BODY_BYTES_MAX));
    if (!signal) {
      const message = `"signal" has to be a text of 1 to ${SIGNAL_CHARS_MAX} characters.`;
      throw new EngineError("INPUT_INVALID", message);
    }
    return c.json({ data: { run_id: await commands.sendSignal(signal) } });
  });

  return app;
}
