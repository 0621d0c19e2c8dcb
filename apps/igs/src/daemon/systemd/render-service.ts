import { type DaemonUnit, formMark, STOP_MAX_S } from "../daemon-unit.ts";

/** A moment for parts of a start that was killed to see it and to leave. */
const RESTART_S = 3;

/** A unit of the user's manager, or with `system` one of the machine's. `man systemd.service`. */
export function renderService(unit: DaemonUnit): string {
  const { scope, account } = unit;
  const isSystem = scope === "system";
  const environment = Object.entries(unit.environment).map(
    ([name, value]) => `Environment=${quote(`${name}=${value}`)}`,
  );
  return [
    `# ${formMark()}`,
    "[Unit]",
    "Description=System Bus: engine and worker",
    ...(isSystem ? ["Wants=network-online.target", "After=network-online.target"] : []),
    "# It is never given up: what was wrong may be mended at any time.",
    "StartLimitIntervalSec=0",
    "",
    "[Service]",
    "Type=exec",
    ...(isSystem ? [`User=${account.name}`] : []),
    `ExecStart=${unit.argv.map(quoteArgument).join(" ")}`,
    `WorkingDirectory=${escapePercent(unit.workingFolder)}`,
    ...environment,
    "Restart=always",
    `RestartSec=${RESTART_S}`,
    "# Running programs outlive it; engine and worker are stopped by it, or see that it is gone.",
    "KillMode=process",
    `TimeoutStopSec=${STOP_MAX_S}`,
    "# A program that the kernel ends for want of memory is that program's failure alone.",
    "OOMPolicy=continue",
    "",
    "[Install]",
    `WantedBy=${isSystem ? "multi-user.target" : "default.target"}`,
    "",
  ].join("\n");
}

/** `%` begins a specifier in every setting. */
function escapePercent(text: string): string {
  return text.replaceAll("%", "%%");
}

function quote(text: string): string {
  const escaped = escapePercent(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return /^[\w./:=@%+,-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}

/** In ExecStart a `$` begins a variable as well. */
function quoteArgument(text: string): string {
  return quote(text).replaceAll("$", "$$$$");
}
