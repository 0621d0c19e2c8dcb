import { buildRouteMap } from "@stricli/core";
import { cancelCommand } from "./cancel.ts";
import { approveCommand, rejectCommand, resumeCommand, retryCommand } from "./decide.ts";
import {
  attemptsCommand,
  diffCommand,
  listCommand,
  logsCommand,
  showCommand,
  statusCommand,
} from "./look.ts";
import { startCommand } from "./start.ts";
import { cleanCommand, diagnoseCommand } from "./upkeep.ts";

export const loopRoutes = buildRouteMap({
  routes: {
    start: startCommand,
    status: statusCommand,
    list: listCommand,
    show: showCommand,
    attempts: attemptsCommand,
    diff: diffCommand,
    logs: logsCommand,
    cancel: cancelCommand,
    resume: resumeCommand,
    retry: retryCommand,
    approve: approveCommand,
    reject: rejectCommand,
    clean: cleanCommand,
    diagnose: diagnoseCommand,
  },
  docs: { brief: "Coding loops: a PRD's stories become reviewed commits on a branch" },
});
