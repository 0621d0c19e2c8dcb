// Where settings and state lie. Pure: nothing here is made or read.

import { join } from "node:path";

export type Mode = "dev" | "start";

export interface Folders {
  readonly root: string;
  /** Where the embedded engine keeps `engine.db`. */
  readonly engine: string;
  readonly programs: string;
  readonly claims: string;
  readonly loops: string;
  readonly media: string;
  /** The journal of sent events. */
  readonly sentEvents: string;
  readonly logs: string;
  /** What the functions that watch over the bus remember. */
  readonly system: string;
}

export interface PlaceChoice {
  readonly busHome: string | undefined;
  readonly xdgConfigHome: string | undefined;
  readonly xdgDataHome: string | undefined;
  readonly home: string;
  readonly platform: string;
}

const APP = "system-bus";

export function settingsFilePath(choice: PlaceChoice): string {
  if (choice.busHome !== undefined) return join(choice.busHome, "env");
  return join(choice.xdgConfigHome ?? libraryOr(choice, ".config"), APP, "env");
}

/** One set of folders for each mode, so that a trial in dev never touches what `start` keeps. */
export function stateFolders(choice: PlaceChoice, mode: Mode): Folders {
  const root =
    choice.busHome === undefined
      ? join(choice.xdgDataHome ?? libraryOr(choice, ".local/share"), APP, mode)
      : join(choice.busHome, mode);
  return {
    root,
    engine: root,
    programs: join(root, "programs"),
    claims: join(root, "claims"),
    loops: join(root, "loops"),
    media: join(root, "media"),
    sentEvents: join(root, "sent-events"),
    logs: join(root, "logs"),
    system: join(root, "system"),
  };
}

/** macOS keeps both kinds under Library; XDG variables that are set win there, too. */
function libraryOr({ home, platform }: PlaceChoice, xdgDefault: string): string {
  return join(home, platform === "darwin" ? "Library/Application Support" : xdgDefault);
}
