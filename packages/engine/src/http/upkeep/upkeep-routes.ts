// Our own, beside Inngest's APIs: what `igs engine backup` and `igs engine compact` ask a running engine.
// POST throughout: a backup changes what the engine does, so that no page of another site may ask for one.

import { Hono } from "hono";
import type { Log } from "../../runtime/log.ts";
import type { OpenBackup } from "../../runtime/upkeep/upkeep.ts";
import type { HttpDeps } from "../deps.ts";

/** Says which database an engine has, and how long the backup is that follows. */
const FOLDER_HEADER = "x-data-folder";
const SIZE_HEADER = "x-backup-bytes";

export function createUpkeepRoutes({ upkeep, log }: Pick<HttpDeps, "upkeep" | "log">): Hono {
  const app = new Hono();
  // As the body, so that no path comes from outside: whoever asks writes it where they may.
  app.post("/backup", () => {
    const backup = upkeep.openBackup();
    return new Response(streamOf(backup, log), {
      headers: {
        "content-type": "application/vnd.sqlite3",
        [SIZE_HEADER]: String(backup.sizeBytes),
        [FOLDER_HEADER]: encodeURIComponent(upkeep.folder ?? ""),
      },
    });
  });
  app.post("/compact", async (c) => {
    c.header(FOLDER_HEADER, encodeURIComponent(upkeep.folder ?? ""));
    return c.json(await upkeep.compact());
  });
  return app;
}

function streamOf(backup: OpenBackup, log: Log): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const bytes = await backup.read();
        if (bytes !== null) return controller.enqueue(bytes);
        backup.end();
        controller.close();
      } catch (error) {
        backup.end();
        // The answer has begun: its reader learns no more than that it broke off.
        log({ level: "warn", message: "a backup broke off", error });
        controller.error(error);
      }
    },
    cancel: () => backup.end(),
  });
}
