import type { FoundDaemon } from "../daemon/find-daemon.ts";

/** What the system's own service manager (launchd, systemd) knows of this bus, as far as it is tried. */
export type DaemonLook =
  | { readonly kind: "none"; readonly reason: string; readonly cure: string | null }
  | {
      readonly kind: "installed";
      /** Such as `system-bus.service`. */
      readonly name: string;
      /** Of the `igs start` that it runs; null while it doesn't. */
      readonly pid: number | null;
      /** From the boot on, with nobody logged in; null when that isn't known. */
      readonly startsAtBoot: boolean | null;
    };

type Found = Pick<FoundDaemon, "kind" | "name" | "state" | "pid" | "startsAtBoot" | "problem">;

/** A service manager that doesn't answer leaves the daemon untried. */
export function readDaemon({ kind, name, state, pid, startsAtBoot, problem }: Found): DaemonLook {
  if (kind === "none" || name === null) {
    return {
      kind: "none",
      reason: "no daemon is installed here",
      cure: "`igs daemon install` has the system keep the bus alive.",
    };
  }
  if (state === "unknown") {
    const reason = problem?.message ?? `${kind} doesn't tell of ${name}`;
    return { kind: "none", reason, cure: problem?.fix ?? null };
  }
  return { kind: "installed", name, pid, startsAtBoot };
}
