// A program that scatters processes: one in its own group, one in a session of its own, and one in a
// session of its own whose parent is gone. Their pids, with its own, go into the file that is named;
// then it ends at once (`leave`) or stays (`stay`).

import { writeFileSync } from "node:fs";

const [, , mode, pidFile] = process.argv;
if (pidFile === undefined) throw new Error("usage: forking-program.ts leave|stay|daemon FILE");

if (mode === "daemon") {
  // Only its mark can give this one away, and macOS hides the environment of its own programs.
  const orphan = Bun.spawn([process.execPath, "-e", "await Bun.sleep(300_000)"], {
    detached: true,
    stdio: ["ignore", "ignore", "ignore"],
  });
  writeFileSync(pidFile, String(orphan.pid));
  process.exit(0);
}

const inGroup = Bun.spawn(["sleep", "300"]);
const inSession = Bun.spawn(["sleep", "300"], { detached: true });
const daemonFile = `${pidFile}.daemon`;
await Bun.spawn([process.execPath, import.meta.path, "daemon", daemonFile]).exited;
const orphanPid = Number(await Bun.file(daemonFile).text());
writeFileSync(
  pidFile,
  JSON.stringify([process.pid, inGroup.pid, inSession.pid, orphanPid].filter(Number.isInteger)),
);
if (mode === "leave") process.exit(0);
await Bun.sleep(300_000);
