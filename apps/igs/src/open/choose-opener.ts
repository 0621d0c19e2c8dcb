interface Surroundings {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where a program lies; null when there is none of this name. */
  readonly which: (program: string) => string | null;
}

/**
 * The program that opens an address in the person's browser; null where there is none, or where it would
 * open on no screen. The address is its one argument: no shell reads it.
 */
export function chooseOpener({ platform, env, which }: Surroundings): string | null {
  if (platform === "darwin") return env["SSH_CONNECTION"] ? null : which("open");
  const isWsl = env["WSL_DISTRO_NAME"] !== undefined;
  if (isWsl) return which("wslview") ?? which("xdg-open");
  const hasScreen = Boolean(env["DISPLAY"] || env["WAYLAND_DISPLAY"]);
  return hasScreen ? which("xdg-open") : null;
}
