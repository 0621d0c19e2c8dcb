// The archive on another machine: ssh looks, rsync or scp brings, ssh proves and gives the final name.
//
// A1. The file has its final name only after its hash was computed over there and found right.
// A2. Nothing is asked (BatchMode): a missing key or an unknown host is an error, not a prompt.

import { posix } from "node:path";
import type { Archive } from "@system-bus/settings";

export type SshArchive = Extract<Archive, { readonly kind: "ssh" }>;

const NO_FOLDER_EXIT = 3;

function sshOptions({ sshConfig }: SshArchive): string[] {
  return [
    ...(sshConfig === undefined ? [] : ["-F", sshConfig]),
    ...["-o", "BatchMode=yes", "-o", "ConnectTimeout=15"],
    ...["-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4"],
  ];
}

export function remoteHost({ user, host }: SshArchive): string {
  return user === undefined ? host : `${user}@${host}`;
}

function remotePath(archive: SshArchive, fileName: string): string {
  return posix.join(archive.path, fileName);
}

/** For people: where the copy lies. */
export function remoteAddress(archive: SshArchive, fileName: string): string {
  const port = archive.port === undefined ? "" : `:${archive.port}`;
  return `ssh://${remoteHost(archive)}${port}${remotePath(archive, fileName)}`;
}

/** A word for the other side's shell, whatever it holds. */
function shellQuoted(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`;
}

/** Linux and most network drives have sha256sum, macOS and BSD have shasum. */
const HASH_OF = '( sha256sum < "$f" || shasum -a 256 < "$f" ) 2>/dev/null | cut -c1-64';

function sshCommand(archive: SshArchive, script: string): string[] {
  const port = archive.port === undefined ? [] : ["-p", String(archive.port)];
  return [...sshOptions(archive), ...port, remoteHost(archive), script];
}

const UNWRITABLE_EXIT = 4;

/** Ends with 0 when the folder is there and takes files, else with what `readRemoteLook` reads. */
export function lookRemoteArguments(archive: SshArchive, connectSeconds: number): string[] {
  const folder = shellQuoted(archive.path);
  const script = `[ -d ${folder} ] || exit ${NO_FOLDER_EXIT}; [ -w ${folder} ] || exit ${UNWRITABLE_EXIT}`;
  // Of an option that is given twice, ssh takes the first. A shared connection would stay behind, and hold
  // the pipe open that its words come through.
  const options = [`ConnectTimeout=${connectSeconds}`, "ControlPath=none", "ControlMaster=no"];
  return [...options.flatMap((option) => ["-o", option]), ...sshCommand(archive, script)];
}

/** What `lookRemoteArguments` found; null when all is well. */
export function readRemoteLook(
  exitCode: number | null,
  stderr: string,
): RemoteFailure | "unwritable" | null {
  if (exitCode === 0) return null;
  return exitCode === UNWRITABLE_EXIT ? "unwritable" : readRemoteFailure(exitCode, stderr);
}

/** Prints the hash of the file that is there, or nothing; ends with 3 when there is no such folder. */
export function findRemoteArguments(archive: SshArchive, fileName: string): string[] {
  const folder = shellQuoted(archive.path);
  const path = shellQuoted(remotePath(archive, fileName));
  return sshCommand(
    archive,
    `[ -d ${folder} ] || exit ${NO_FOLDER_EXIT}; f=${path}; if [ -f "$f" ]; then ${HASH_OF}; fi`,
  );
}

/** Proves the part that was brought and gives it its name; prints its hash. */
export function finishRemoteArguments(
  archive: SshArchive,
  fileName: string,
  sha256: string,
): string[] {
  const path = shellQuoted(remotePath(archive, fileName));
  return sshCommand(
    archive,
    `f=${path}.part; h=$(${HASH_OF}); if [ "$h" = ${sha256} ]; then mv -f "$f" ${path} || exit 1; else rm -f "$f"; fi; echo "$h"`,
  );
}

/** Brings the file under a name that no one takes for the finished one. */
export function bringArguments(archive: SshArchive, source: string, fileName: string): string[] {
  const target = `${remoteHost(archive).replace(/^(.*@)?([0-9a-f:]*:[0-9a-f:]*)$/i, "$1[$2]")}:${remotePath(archive, fileName)}.part`;
  if (archive.method === "scp") {
    const port = archive.port === undefined ? [] : ["-P", String(archive.port)];
    return [...sshOptions(archive), ...port, "-p", source, target];
  }
  const port = archive.port === undefined ? [] : ["-p", String(archive.port)];
  return [
    ...["--times", "--partial", "--partial-dir=.rsync-partial", "--timeout=120"],
    // Only where the path needs it: macOS' own rsync does not know the option.
    ...(/^[\w./@:+,=-]+$/.test(archive.path) ? [] : ["--protect-args"]),
    ...["-e", ["ssh", ...sshOptions(archive), ...port].map(rsyncWord).join(" ")],
    source,
    target,
  ];
}

/** rsync splits `-e` at blanks and knows single quotes, doubled inside. */
function rsyncWord(word: string): string {
  return /[\s'"]/.test(word) ? `'${word.replace(/'/g, "''")}'` : word;
}

export type RemoteFailure = "refused" | "no-folder" | "no-space" | "unreachable";

/** What a failed ssh, scp or rsync means for the next try. */
export function readRemoteFailure(exitCode: number | null, stderr: string): RemoteFailure {
  if (exitCode === NO_FOLDER_EXIT || /No such file or directory|Not a directory/i.test(stderr))
    return "no-folder";
  if (/No space left|Disk quota exceeded/i.test(stderr)) return "no-space";
  if (
    /Permission denied|Host key verification failed|REMOTE HOST IDENTIFICATION|Too many authentication failures|Read-only file system|Bad owner or permissions|no such identity/i.test(
      stderr,
    )
  ) {
    return "refused";
  }
  return "unreachable";
}
