import { userInfo } from "node:os";
import { z } from "zod";
import { CliError } from "../output/failure.ts";
import type { Account } from "./daemon-unit.ts";
import type { RunCommand } from "./run-command.ts";

/** HOME wins over what the system says, as everywhere in the bus. */
export function currentAccount(env: Readonly<Record<string, string | undefined>>): Account {
  const { username, uid, gid, homedir } = readUser(env);
  return { name: username, uid, gid, home: env["HOME"] ?? homedir };
}

/** In a container one may run under a number that has no entry in passwd. */
function readUser(env: Readonly<Record<string, string | undefined>>) {
  try {
    return userInfo();
  } catch {
    const uid = process.getuid?.() ?? 0;
    const gid = process.getgid?.() ?? 0;
    return { username: env["USER"] ?? String(uid), uid, gid, homedir: "/" };
  }
}

/** Another person of this machine. */
export async function lookUpAccount(name: string, run: RunCommand): Promise<Account> {
  // getent on Linux; `id -P` is macOS' and the BSDs'.
  for (const argv of [
    ["getent", "passwd", name],
    ["id", "-P", name],
  ]) {
    const { exitCode, stdout } = await run(argv);
    const account = exitCode === 0 ? readPasswd(stdout) : null;
    if (account) return account;
  }
  throw new CliError({
    code: "usage",
    message: `This machine has no user "${name}".`,
    fix: "Name one that there is with --user.",
  });
}

const PasswdSchema = z.object({
  name: z.string().min(1),
  uid: z.coerce.number().int(),
  gid: z.coerce.number().int(),
  home: z.string().startsWith("/"),
});

/** A line of passwd: of seven fields, or of the BSDs' ten. Null when it is neither. */
export function readPasswd(line: string): Account | null {
  const fields = line.trim().split(":");
  const [name, , uid, gid] = fields;
  return PasswdSchema.safeParse({ name, uid, gid, home: fields.at(-2) }).data ?? null;
}
