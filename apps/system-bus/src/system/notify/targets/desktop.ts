import { programSearchPath } from "@system-bus/programs";
import { WorkerError } from "../../../worker-error.ts";
import { runShort, type ShortProgramDeps } from "./run-short.ts";
import type { Notice, Target } from "./target.ts";

export interface DesktopDeps extends ShortProgramDeps {
  readonly platform: string;
}

/** Where a desktop's notifications listen; without them a daemon finds none. */
const DESKTOP_VARIABLES = ["DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"];
const TEXT_MAX = 500;

/** A notification on the screen of the person whose worker this is. */
export function createDesktop(deps: DesktopDeps): Target {
  return {
    name: "desktop",
    async send(notice) {
      const words = desktopWords(notice, {
        platform: deps.platform,
        has: (name) => find(name, deps),
      });
      if (words === null) {
        throw new WorkerError(
          "NOTIFY_REFUSED",
          "notify-send is not there to show a notification: sudo apt install libnotify-bin, or set NOTIFY_DESKTOP=0",
        );
      }
      await runShort({ words, input: "", alsoPassed: DESKTOP_VARIABLES }, deps);
      return `${words[0]} has shown it`;
    },
  };
}

interface Desktop {
  readonly platform: string;
  readonly has: (command: string) => boolean;
}

/** The command line; null where this machine has none. Pure. */
export function desktopWords(
  { title, text, isUrgent }: Pick<Notice, "title" | "text" | "isUrgent">,
  { platform, has }: Desktop,
): readonly string[] | null {
  const shown = text.slice(0, TEXT_MAX);
  if (platform === "darwin") {
    if (has("terminal-notifier")) return terminalNotifier(title, shown);
    // The words are arguments of the script and no part of it, so nothing in them is ever run. The first
    // begins like no option; after it osascript looks for none.
    return ["osascript", "-e", APPLE_SCRIPT, `System Bus: ${title}`, shown];
  }
  if (!has("notify-send")) return null;
  const urgency = `--urgency=${isUrgent ? "critical" : "normal"}`;
  // The body may hold markup to notify-send's receiver, the title may not.
  return ["notify-send", "--app-name=System Bus", urgency, "--", title, escapeMarkup(shown)];
}

const APPLE_SCRIPT = `on run argv
display notification (item 2 of argv) with title (item 1 of argv)
end run`;

/** It takes a value that begins with a bracket or a dash for something else, unless it is escaped. */
function terminalNotifier(title: string, text: string): readonly string[] {
  const guard = (words: string) => (/^[[({<\\-]/.test(words) ? `\\${words}` : words);
  const message = text === "" ? title : text;
  return [
    "terminal-notifier",
    "-title",
    "System Bus",
    "-subtitle",
    guard(title),
    "-message",
    guard(message),
  ];
}

function escapeMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function find(command: string, { env, home }: ShortProgramDeps): boolean {
  return Bun.which(command, { PATH: programSearchPath({ path: env["PATH"], home }) }) !== null;
}
