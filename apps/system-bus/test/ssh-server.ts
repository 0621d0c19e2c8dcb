// A real sshd on loopback with keys of its own, for tests of the archive. Needs openssh-server.

import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";

export interface SshServer {
  readonly port: number;
  /** For ssh's `-F`: the right key, and the host's key known. */
  readonly clientConfig: string;
  /** The same with a key that is not let in. */
  readonly strangerConfig: string;
  close(): Promise<void>;
}

export async function startSshServer(folder: string): Promise<SshServer> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Asked for by an sshd that runs as root; others ignore it.
  if (userInfo().uid === 0) await mkdir("/run/sshd", { recursive: true });
  for (const name of ["host", "client", "stranger"]) await makeKey(join(folder, name));
  const port = await freePort();
  await writeFile(join(folder, "authorized"), await readFile(join(folder, "client.pub"), "utf8"));
  const hostKey = (await readFile(join(folder, "host.pub"), "utf8"))
    .split(" ")
    .slice(0, 2)
    .join(" ");
  await writeFile(join(folder, "known"), `[127.0.0.1]:${port} ${hostKey}\n`);
  const config = join(folder, "sshd_config");
  await writeFile(
    config,
    [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${join(folder, "host")}`,
      `AuthorizedKeysFile ${join(folder, "authorized")}`,
      `PidFile ${join(folder, "pid")}`,
      ...[
        "StrictModes no",
        "UsePAM no",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
      ],
      ...["PermitRootLogin prohibit-password", "Subsystem sftp internal-sftp", ""],
    ].join("\n"),
  );
  const server = Bun.spawn(["/usr/sbin/sshd", "-D", "-e", "-f", config], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  await waitUntilListening(server.stderr);
  return {
    port,
    clientConfig: await writeClientConfig(folder, "client"),
    strangerConfig: await writeClientConfig(folder, "stranger"),
    async close() {
      server.kill();
      await server.exited;
    },
  };
}

async function makeKey(path: string): Promise<void> {
  const made = Bun.spawn(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], {
    stdin: "ignore",
  });
  if ((await made.exited) !== 0) throw new Error(`ssh-keygen could not make ${path}`);
}

async function writeClientConfig(folder: string, key: string): Promise<string> {
  const path = join(folder, `${key} config`);
  const lines = [
    `IdentityFile "${join(folder, key)}"`,
    "IdentitiesOnly yes",
    "IdentityAgent none",
    `UserKnownHostsFile "${join(folder, "known")}"`,
    "StrictHostKeyChecking yes",
    "",
  ];
  await writeFile(path, lines.join("\n"));
  await chmod(path, 0o600);
  return path;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === "object" && address
          ? resolve(address.port)
          : reject(new Error("no port")),
      );
    });
  });
}

async function waitUntilListening(stderr: ReadableStream<Uint8Array>): Promise<void> {
  const decoder = new TextDecoder();
  let said = "";
  const reader = stderr.getReader();
  while (!said.includes("Server listening")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`sshd ended: ${said}`);
    said += decoder.decode(value, { stream: true });
  }
  // The pipe is read on, so that sshd never waits for a reader.
  void (async () => {
    while (!(await reader.read()).done);
  })();
}
