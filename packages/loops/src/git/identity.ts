/** Who commits, and when, for git's environment. Two commits of the same moment are the same. */
export function identity(at = new Date().toISOString()): Record<string, string> {
  const seconds = Math.floor(Date.parse(at) / 1_000);
  const who = { NAME: "Coding loop", EMAIL: "agent-loop@localhost", DATE: `@${seconds} +0000` };
  const names = Object.entries(who);
  return Object.fromEntries(
    ["AUTHOR", "COMMITTER"].flatMap((role) =>
      names.map(([name, value]) => [`GIT_${role}_${name}`, value]),
    ),
  );
}
