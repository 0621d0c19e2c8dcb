import type { NotifySettings } from "@system-bus/settings";
import { createCommand } from "./command.ts";
import { createDesktop, type DesktopDeps } from "./desktop.ts";
import { createNtfy } from "./ntfy.ts";
import { createRedis } from "./redis.ts";
import type { Target } from "./target.ts";
import { createWebhook, type WebhookDeps } from "./webhook.ts";

export type TargetDeps = DesktopDeps & WebhookDeps;

/** The ways that the settings name; none is a fine number, too. */
export function createTargets(settings: NotifySettings, deps: TargetDeps): readonly Target[] {
  const { webhook, ntfy, isDesktop, command, redis } = settings;
  return [
    ...(webhook === undefined ? [] : [createWebhook(webhook, deps)]),
    ...(ntfy === undefined ? [] : [createNtfy(ntfy, deps)]),
    ...(isDesktop ? [createDesktop(deps)] : []),
    ...(command === undefined ? [] : [createCommand(command, deps)]),
    ...(redis === undefined ? [] : [createRedis(redis)]),
  ];
}
