/** The real git, as a person runs it who has set up nothing but a name. Gives its output, trimmed. */
export async function runGit(folder: string, args: readonly string[]): Promise<string> {
  const child = Bun.spawn(["git", ...args], {
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? "/usr/bin:/bin",
      ...{ GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" },
      ...{ GIT_AUTHOR_NAME: "Sam", GIT_AUTHOR_EMAIL: "sam@example.org" },
      ...{ GIT_COMMITTER_NAME: "Sam", GIT_COMMITTER_EMAIL: "sam@example.org" },
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [exitCode, output, errors] = await Promise.all([
    child.exited,
    child.stdout.text(),
    child.stderr.text(),
  ]);
  if (exitCode !== 0) throw new Error(`git ${args.join(" ")}: ${errors || output}`);
  return output.trim();
}
