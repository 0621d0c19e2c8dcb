import type { Account } from "../daemon-unit.ts";
import type { RunCommand } from "../run-command.ts";

/** Whether a user's services run from the boot on and beyond the logout; null when nobody can say. */
export async function readLinger(account: Account, run: RunCommand): Promise<boolean | null> {
  const ran = await run(["loginctl", "show-user", account.name, "--property=Linger"]);
  if (/^Linger=yes$/m.test(ran.stdout)) return true;
  if (/^Linger=no$/m.test(ran.stdout)) return false;
  // loginctl does not know users who neither are logged in nor linger.
  return /not logged in or lingering/.test(ran.stderr) ? false : null;
}

export type LingerOutcome =
  | { readonly kind: "on" | "switched-on" }
  /** With what a person can do about it. */
  | { readonly kind: "refused"; readonly reason: string; readonly command: string };

/** One's own linger needs no more rights, as systemd's policy comes; some machines forbid it. */
export async function ensureLinger(account: Account, run: RunCommand): Promise<LingerOutcome> {
  if (await readLinger(account, run)) return { kind: "on" };
  const ran = await run(["loginctl", "enable-linger", account.name]);
  if (ran.exitCode === 0) return { kind: "switched-on" };
  const reason = ran.stderr.trim().split("\n").at(-1) ?? "";
  return { kind: "refused", reason, command: `sudo loginctl enable-linger ${account.name}` };
}
