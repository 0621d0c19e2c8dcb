/** What the system's own service manager (launchd, systemd) knows of this bus. */
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

export interface DaemonSeam {
  look(): Promise<DaemonLook>;
}
