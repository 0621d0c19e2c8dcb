// How apps register: protocol notes, section 1.1. `/dev` is what tests of the SDK look at (1.10).

import { Hono } from "hono";
import { z } from "zod";
import type { App, AppFunction } from "../../core/app.ts";
import { EngineError } from "../../core/errors.ts";
import type { Trigger } from "../../core/function-config.ts";
import { readRegistration } from "../../protocol/registration.ts";
import type { HttpDeps } from "../deps.ts";
import { readQuery, textParameter } from "../request/parameters.ts";
import { readText, SYNC_BODY_BYTES_MAX } from "../request/request-body.ts";

const RemovalQuery = z.object({ url: textParameter("The app's serve URL") });

export function createSyncRoutes({ commands }: Pick<HttpDeps, "commands">): Hono {
  const app = new Hono();

  app.post("/register", async (c) => {
    const reading = readRegistration(await readText(c.req.raw, SYNC_BODY_BYTES_MAX));
    if (reading.kind === "refused") {
      const isDenied = reading.code === "sdk_version_denied";
      throw new EngineError(isDenied ? "SDK_VERSION_DENIED" : "SYNC_REJECTED", reading.problem);
    }
    const { isModified, appId } = await commands.register(reading.registration);
    return c.json({
      ok: true,
      status: 200,
      modified: isModified,
      app_id: appId,
      sync_id: reading.registration.checksum,
    });
  });

  app.delete("/remove", async (c) => {
    const { url } = readQuery(RemovalQuery, c.req.url);
    if (url === undefined)
      throw new EngineError("INPUT_INVALID", 'The parameter "url" is missing.');
    await commands.removeApp(url);
    return c.json({ ok: true, status: 200 });
  });

  return app;
}

/** What a dev server says of itself: its apps and their functions. */
export function describeDevServer({ reads, version }: Pick<HttpDeps, "reads" | "version">): object {
  const apps = reads.loadApps();
  const functions = reads.loadFunctions().filter(({ isArchived }) => !isArchived);
  return {
    version,
    isDiscoveryEnabled: false,
    functions: functions.map(devFunction),
    handlers: apps.map((one) => devHandler(one, functions)),
  };
}

function devFunction({ id, config, pause }: AppFunction): object {
  return {
    id,
    name: config.name,
    slug: config.slug,
    triggers: config.triggers.map(devTrigger),
    steps: [{ id: "step", name: "step", uri: config.url }],
    ...(config.problem !== undefined && { problem: config.problem }),
    ...(pause && { isPaused: true }),
  };
}

function devTrigger(trigger: Trigger): object {
  if (trigger.kind === "cron") return { cron: trigger.cron };
  const { event, expression } = trigger;
  return expression === undefined ? { event } : { event, expression };
}

function devHandler(app: App, functions: readonly AppFunction[]): object {
  return {
    appName: app.name,
    url: app.url,
    framework: app.framework,
    sdk: `${app.sdkLanguage}:v${app.sdkVersion}`,
    functions: functions.filter(({ appId }) => appId === app.id).map(({ config }) => config.slug),
  };
}
