import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Scratch } from "./scratch.ts";

/** logind needs the machine's bus. This one knows nobody until somebody's linger is switched on. */
export async function addFakeLoginctl(scratch: Scratch): Promise<string> {
  const folder = scratch.path("loginctl");
  await mkdir(folder);
  const file = join(folder, "loginctl");
  await Bun.write(
    file,
    `#!/bin/sh
linger='${scratch.path("loginctl", "linger")}'
case $1 in
  show-user)
    if [ -e "$linger-$2" ]; then echo Linger=yes; exit 0; fi
    echo "Failed to get user: User ID 0 is not logged in or lingering" >&2; exit 1 ;;
  enable-linger) : >"$linger-$2" ;;
  *) echo "Unknown command verb $1." >&2; exit 1 ;;
esac
`,
  );
  await chmod(file, 0o755);
  return folder;
}
