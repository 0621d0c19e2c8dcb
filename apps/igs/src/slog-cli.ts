import { buildApplication } from "@stricli/core";
import { version } from "../package.json";
import { cliConfiguration } from "./cli-configuration.ts";
import { logRoutes } from "./commands/log.ts";

export const slog = buildApplication(logRoutes, cliConfiguration("slog", version));
