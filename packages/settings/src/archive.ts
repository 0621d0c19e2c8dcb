// Where downloaded videos are kept for good: nowhere, a folder, or a machine reached over ssh.

import { z } from "zod";
import { absolutePath } from "./value-schemas.ts";

export const archiveMethods = ["rsync", "scp"] as const;
export type ArchiveMethod = (typeof archiveMethods)[number];

export type ArchiveTarget =
  | { readonly kind: "none" }
  | { readonly kind: "folder"; readonly path: string }
  | {
      readonly kind: "ssh";
      readonly user: string | undefined;
      readonly host: string;
      /** Undefined: as the person's ssh configuration says. */
      readonly port: number | undefined;
      /** Absolute, on the other machine. */
      readonly path: string;
    };

/** An archive as the worker uses it: over ssh, the program to copy with is part of it. */
export type Archive =
  | Exclude<ArchiveTarget, { readonly kind: "ssh" }>
  | (Extract<ArchiveTarget, { readonly kind: "ssh" }> & {
      readonly method: ArchiveMethod;
      /** A file for ssh's `-F`; undefined: the person's own configuration. */
      readonly sshConfig: string | undefined;
    });

const CURE = "give a folder, or ssh://user@host:22/path";

/** Reads ARCHIVE_TO: a folder, or `ssh://[user@]host[:port]/path`. */
export const archiveTarget = z.string().transform((value, context): ArchiveTarget => {
  if (/^ssh:/i.test(value)) {
    const target = readSshTarget(value);
    if (typeof target !== "string") return target;
    context.addIssue({ code: "custom", message: `${target}; ${CURE}` });
    return z.NEVER;
  }
  const path = absolutePath.safeParse(value);
  if (path.success && !/^[a-z][a-z0-9+.-]*:/i.test(value)) {
    return { kind: "folder", path: path.data };
  }
  context.addIssue({
    code: "custom",
    message: `is neither an absolute folder nor ssh://; ${CURE}`,
  });
  return z.NEVER;
});

/** The problem as a sentence, or the target. */
function readSshTarget(value: string): ArchiveTarget | string {
  if (!value.toLowerCase().startsWith("ssh://") || !URL.canParse(value)) {
    return "is not an ssh:// address";
  }
  const url = new URL(value);
  if (url.password !== "") return "must not hold a password: ssh uses keys";
  if (url.search !== "" || url.hash !== "") return "must not hold “?” or “#”: encode them";
  const path = decode(url.pathname);
  const user = decode(url.username);
  if (path === null || user === null) return "is not encoded as addresses are";
  // A host or user that begins with “-” would be read by ssh as an option.
  if (!/^(\[[0-9a-f:.]+\]|[a-z0-9_][a-z0-9._-]*)$/i.test(url.hostname)) {
    return "has no host that ssh can use";
  }
  if (!/^([a-z0-9_][a-z0-9._-]*)?$/i.test(user)) return "has a user name that ssh cannot use";
  if (!path.startsWith("/") || path === "/") return "names no folder";
  if (/\p{Cc}/u.test(path)) return "must not hold control characters";
  return {
    kind: "ssh",
    user: user === "" ? undefined : user,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? undefined : Number(url.port),
    path: path.replace(/\/+$/, ""),
  };
}

function decode(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return null;
  }
}
