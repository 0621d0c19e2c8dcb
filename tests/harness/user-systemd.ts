// The real systemd, as a user's manager of one test's own: it needs neither to be the machine's init nor a
// login. It looks whether the machine was booted with systemd, so it gets a `/run` of its own in which that
// is so, and a control group below which its units are.

import { mkdir, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { Scratch } from "./scratch.ts";
import { isRoot } from "./tools.ts";
import { waitFor } from "./wait-for.ts";

const SYSTEMD = "/lib/systemd/systemd";
/** systemd's own hierarchy where there are several, else the one that there is. */
const GROUP_ROOTS = ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"];

const START = `mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system || exit 70
for group in $GROUPS_TO_JOIN; do echo $$ >"$group/cgroup.procs" || exit 71; done
unset GROUPS_TO_JOIN
exec ${SYSTEMD} --user --unit=default.target`;

/** False as another user than root, in containers that may do none of this, and without systemd. */
export const canRunSystemd = process.platform === "linux" && isRoot && (await trySystemd());

if (process.platform === "linux" && !canRunSystemd) {
  console.warn("skipping the daemon under the real systemd: it takes root, and systemd's programs");
}

export class UserSystemd {
  /** What makes `systemctl --user` speak to it. */
  readonly env: Readonly<Record<string, string>>;

  private constructor(scratch: Scratch) {
    this.env = { XDG_RUNTIME_DIR: scratch.path("run") };
  }

  static async start(scratch: Scratch): Promise<UserSystemd> {
    const systemd = new UserSystemd(scratch);
    await mkdir(scratch.path("run"), { mode: 0o700 });
    const groups = await makeGroups(`system-bus-test-${process.pid}`);
    scratch.atEnd(() => removeGroups(groups));
    const child = scratch.spawn(["unshare", "-m", "sh", "-c", START], {
      env: { ...systemd.env, PATH: "/usr/bin:/bin", GROUPS_TO_JOIN: groups.join(" ") },
    });
    scratch.atEnd(() => child.end());
    await waitFor("systemd to answer", async () => {
      if (child.hasEnded) throw new Error(`systemd ended:\n${child.output}`);
      return (await systemd.systemctl("show", "--property=Version")).exitCode === 0;
    });
    return systemd;
  }

  async systemctl(...args: readonly string[]): Promise<{ exitCode: number; stdout: string }> {
    const child = Bun.spawn(["systemctl", "--user", ...args], {
      env: { ...process.env, ...this.env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
    });
    const stdout = await child.stdout.text();
    return { exitCode: await child.exited, stdout };
  }
}

async function makeGroups(name: string): Promise<readonly string[]> {
  const made: string[] = [];
  for (const root of GROUP_ROOTS) {
    if (!(await Bun.file(join(root, "cgroup.procs")).exists())) continue;
    const group = join(root, name);
    await mkdir(group, { recursive: true });
    made.push(group);
  }
  return made;
}

/** Groups are folders that only `rmdir` removes, from the innermost on. */
async function removeGroups(groups: readonly string[]): Promise<void> {
  for (const group of groups) {
    for (const entry of await readdir(group, { withFileTypes: true }).catch(() => [])) {
      if (entry.isDirectory()) await removeGroups([join(group, entry.name)]);
    }
    await rmdir(group);
  }
}

async function trySystemd(): Promise<boolean> {
  if (!(await Bun.file(SYSTEMD).exists())) return false;
  const groups = await makeGroups(`system-bus-try-${process.pid}`).catch(() => null);
  if (groups === null || groups.length === 0) return false;
  await removeGroups(groups);
  const tried = await Bun.$`unshare -m sh -c ${"mount -t tmpfs tmpfs /run"}`.quiet().nothrow();
  return tried.exitCode === 0;
}
