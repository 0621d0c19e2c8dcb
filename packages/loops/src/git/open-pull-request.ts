import { LoopsError } from "../loops-error.ts";

export interface PullRequest {
  readonly project: string;
  readonly branch: string;
  readonly baseBranch: string;
  readonly title: string;
  readonly body: string;
  readonly env: Readonly<Record<string, string>>;
  readonly path: string;
}

const TIME_MAX_MS = 2 * 60_000;

/** Its address; also of one that is open already. Throws `GIT_FAILED` with what `gh` said. */
export async function openPullRequest(request: PullRequest): Promise<string> {
  const { project, branch, baseBranch, title, body, env, path } = request;
  const gh = Bun.which("gh", { PATH: path });
  if (gh === null)
    throw new LoopsError("GIT_FAILED", "gh is not installed: https://cli.github.com");
  const child = Bun.spawn(
    [
      gh,
      "pr",
      "create",
      `--head=${branch}`,
      `--base=${baseBranch}`,
      `--title=${title}`,
      `--body=${body}`,
    ],
    {
      cwd: project,
      env: { ...env, GH_PROMPT_DISABLED: "1", GIT_TERMINAL_PROMPT: "0", NO_COLOR: "1" },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      timeout: TIME_MAX_MS,
    },
  );
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  const said = exitCode === 0 ? stdout : stderr;
  const url = /https:\/\/\S+\/pull\/\d+/.exec(said)?.[0];
  if (url !== undefined && (exitCode === 0 || /already exists/.test(stderr))) return url;
  throw new LoopsError(
    "GIT_FAILED",
    `gh pr create ended with ${exitCode}: ${said.trim().slice(0, 500)}`,
  );
}
