import { type DaemonUnit, formMark, LAUNCHD_LABEL, STOP_MAX_S } from "../daemon-unit.ts";

/** launchd's own default, said: a program that ends sooner than this after its start waits for the rest. */
const THROTTLE_S = 10;

type PlistValue =
  | string
  | number
  | boolean
  | readonly PlistValue[]
  | { readonly [key: string]: PlistValue };

/** A LaunchAgent, or with `system` a LaunchDaemon. `man launchd.plist` tells what each key does. */
export function renderPlist(unit: DaemonUnit): string {
  const job: Readonly<Record<string, PlistValue>> = {
    Label: LAUNCHD_LABEL,
    ...(unit.scope === "system" ? { UserName: unit.account.name } : {}),
    ProgramArguments: unit.argv,
    WorkingDirectory: unit.workingFolder,
    EnvironmentVariables: unit.environment,
    RunAtLoad: true,
    KeepAlive: true,
    ThrottleInterval: THROTTLE_S,
    // The default is 5 seconds on a Mac of today; then SIGKILL.
    ExitTimeOut: STOP_MAX_S,
    // Programs inherit it: anything less keeps a transcription on the slow cores.
    ProcessType: "Interactive",
    StandardOutPath: unit.outputFile,
    StandardErrorPath: unit.outputFile,
  };
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- ${formMark()} -->
<plist version="1.0">
${renderValue(job, "")}
</plist>
`;
}

function renderValue(value: PlistValue, indent: string): string {
  if (typeof value === "boolean") return `${indent}<${value}/>`;
  if (typeof value === "number") return `${indent}<integer>${value}</integer>`;
  if (typeof value === "string") return `${indent}<string>${escapeXml(value)}</string>`;
  const inner = `${indent}  `;
  if (isList(value)) {
    const items = value.map((item) => renderValue(item, inner));
    return [`${indent}<array>`, ...items, `${indent}</array>`].join("\n");
  }
  const entries = Object.entries(value).flatMap(([key, item]) => [
    `${inner}<key>${escapeXml(key)}</key>`,
    renderValue(item, inner),
  ]);
  return [`${indent}<dict>`, ...entries, `${indent}</dict>`].join("\n");
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList(value: PlistValue): value is readonly PlistValue[] {
  return Array.isArray(value);
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
