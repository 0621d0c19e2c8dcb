import { buildApplication, buildRouteMap } from "@stricli/core";
import { version } from "../package.json";
import { cliConfiguration } from "./cli-configuration.ts";
import { cancelCommand } from "./commands/cancel.ts";
import { completionCommand } from "./commands/completion.ts";
import { configCommand } from "./commands/config.ts";
import { daemonRoutes } from "./commands/daemon.ts";
import { devCommand } from "./commands/dev.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { engineRoutes } from "./commands/engine/engine.ts";
import { eventsRoutes } from "./commands/events.ts";
import { functionsRoutes } from "./commands/functions.ts";
import { invokeCommand } from "./commands/invoke.ts";
import { logRoutes } from "./commands/log.ts";
import { loopRoutes } from "./commands/loop/loop.ts";
import { migrateCommand } from "./commands/migrate.ts";
import { newCommand } from "./commands/new.ts";
import { notifyRoutes } from "./commands/notify.ts";
import { openCommand } from "./commands/open.ts";
import { recoverCommand } from "./commands/recover.ts";
import { rerunCommand } from "./commands/rerun.ts";
import { runCommand } from "./commands/run.ts";
import { runsCommand } from "./commands/runs.ts";
import { schemaCommand } from "./commands/schema.ts";
import { sendCommand } from "./commands/send.ts";
import { setupCommand } from "./commands/setup.ts";
import { startCommand } from "./commands/start.ts";
import { statusCommand } from "./commands/status.ts";
import { stopCommand } from "./commands/stop.ts";
import { verifyCommand } from "./commands/verify.ts";
import { whyCommand } from "./commands/why.ts";

const routes = buildRouteMap({
  routes: {
    setup: setupCommand,
    dev: devCommand,
    start: startCommand,
    stop: stopCommand,
    daemon: daemonRoutes,
    engine: engineRoutes,
    send: sendCommand,
    runs: runsCommand,
    run: runCommand,
    why: whyCommand,
    functions: functionsRoutes,
    events: eventsRoutes,
    invoke: invokeCommand,
    cancel: cancelCommand,
    rerun: rerunCommand,
    recover: recoverCommand,
    loop: loopRoutes,
    new: newCommand,
    notify: notifyRoutes,
    migrate: migrateCommand,
    status: statusCommand,
    verify: verifyCommand,
    open: openCommand,
    doctor: doctorCommand,
    config: configCommand,
    schema: schemaCommand,
    completion: completionCommand,
    log: logRoutes,
  },
  docs: { brief: "System Bus: durable functions on your own machine" },
});

export const igs = buildApplication(routes, cliConfiguration("igs", version));
