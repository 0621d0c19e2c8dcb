import { CliError } from "../output/failure.ts";

/** How a real Inngest server can be started here. */
export interface FoundInngest {
  /** The words before `dev` or `start`. */
  readonly program: readonly string[];
  readonly version: string | null;
  readonly from: "binary" | "npm package";
}

/** The npm package of the line that the manifests pin, too. */
const NPM_PACKAGE = "inngest-cli@1.45.1";

/** The package's install downloads a binary of some 100 MB. */
const NPM_MAX_MS = 180_000;
const BINARY_MAX_MS = 10_000;

/** Looks for a binary first, then lets npx fetch the package. Throws when neither can be had. */
export async function findInngest(): Promise<FoundInngest> {
  for (const name of ["inngest", "inngest-cli"]) {
    const path = Bun.which(name);
    const version = path === null ? null : await askVersion([path], BINARY_MAX_MS);
    if (path !== null && version !== null) return { program: [path], version, from: "binary" };
  }
  const npx = Bun.which("npx");
  const program = npx === null ? null : [npx, "--yes", NPM_PACKAGE];
  const version = program === null ? null : await askVersion(program, NPM_MAX_MS);
  if (program !== null && version !== null) return { program, version, from: "npm package" };
  throw new CliError({
    code: "unavailable",
    message: `No Inngest server can be had here: none answers, there is no \`inngest\` program on the PATH, and npx could not install ${NPM_PACKAGE}.`,
    fix: "Install it as https://www.inngest.com/docs/self-hosting says, or use the embedded engine with --engine embedded.",
  });
}

/** `inngest version` prints `1.45.1-b8a39c1`. Null when it doesn't run. */
async function askVersion(program: readonly string[], boundMs: number): Promise<string | null> {
  const child = Bun.spawn([...program, "version"], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
    timeout: boundMs,
  });
  const text = await child.stdout.text();
  if ((await child.exited) !== 0) return null;
  return /[0-9]+\.[0-9]+\.[0-9]+/.exec(text)?.[0] ?? null;
}
