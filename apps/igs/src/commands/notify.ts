import { buildCommand, buildRouteMap } from "@stricli/core";
import { connectionFlags, withExamples } from "./common-flags.ts";

const testCommand = buildCommand({
  loader: async () => (await import("../actions/notify-test.ts")).notifyTest,
  parameters: { flags: { ...connectionFlags } },
  docs: {
    brief: "Send one message to each target, and say what came of it",
    fullDescription: withExamples(
      "Have the worker send one test message to each target that NOTIFY_… names: webhook, ntfy, desktop, command, Redis. It is the worker that sends, with its own environment and settings, so this shows what a real message would meet. Each target is tried once. Exit code 1 when one was not reached, 2 when none is set.",
      ["igs notify test", "igs notify test --json"],
    ),
  },
});

export const notifyRoutes = buildRouteMap({
  routes: { test: testCommand },
  docs: { brief: "Try the ways in which you are told of failures and completions" },
});
