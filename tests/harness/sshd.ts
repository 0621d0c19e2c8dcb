// A real sshd on loopback with keys of its own: the other machine of an archive.

import { mkdir } from "node:fs/promises";
import { findFreePort } from "./free-port.ts";
import type { Scratch } from "./scratch.ts";
import { has, isRoot } from "./tools.ts";

/** Debian doesn't put it on everyone's PATH, and it wants to be called by its whole path. */
const program = Bun.which("sshd") ?? Bun.which("sshd", { PATH: "/usr/sbin:/usr/local/sbin" });

export const hasSshd = program !== null && has("ssh") && has("rsync") && has("scp");

export interface RunningSshd {
  /** For ARCHIVE_SSH_CONFIG. */
  readonly clientConfig: string;
  readonly address: (folder: string) => string;
}

export async function startSshd(scratch: Scratch): Promise<RunningSshd> {
  if (!program) throw new Error("sshd is not installed");
  const at = (name: string) => scratch.path("ssh", name);
  const port = findFreePort();
  await mkdir(at(""), { recursive: true, mode: 0o700 });
  // Where Debian's sshd, started by root, wants to put its unprivileged half.
  if (isRoot) await mkdir("/run/sshd", { recursive: true }).catch(() => {});
  await makeKey(at("host"));
  await makeKey(at("client"));
  await Bun.write(at("authorized_keys"), Bun.file(at("client.pub")));
  await Bun.write(
    at("known_hosts"),
    `[127.0.0.1]:${port} ${await Bun.file(at("host.pub")).text()}`,
  );
  await Bun.write(at("sshd_config"), serverConfig(at, port));
  await Bun.write(at("config"), clientConfig(at, port));
  const sshd = scratch.spawn([program, "-D", "-e", "-f", at("sshd_config")]);
  await sshd.waitForLine(/Server listening on 127\.0\.0\.1/);
  return { clientConfig: at("config"), address: (folder) => `ssh://127.0.0.1:${port}${folder}` };
}

async function makeKey(path: string): Promise<void> {
  await Bun.$`ssh-keygen -q -t ed25519 -N "" -f ${path}`.quiet();
}

function serverConfig(at: (name: string) => string, port: number): string {
  return `Port ${port}
ListenAddress 127.0.0.1
HostKey ${at("host")}
AuthorizedKeysFile ${at("authorized_keys")}
PidFile ${at("sshd.pid")}
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
`;
}

function clientConfig(at: (name: string) => string, port: number): string {
  return `Host 127.0.0.1
  Port ${port}
  IdentityFile ${at("client")}
  IdentitiesOnly yes
  UserKnownHostsFile ${at("known_hosts")}
  StrictHostKeyChecking yes
`;
}
