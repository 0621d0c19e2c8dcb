// Does one thing with the record and kills itself when it is about to change something on the disk for
// the n-th time (0: at the first). Between two changes a kill leaves the same, so reads and syncs don't
// count. Where that is never reached it exits with 0. With `tear` it writes half of a line, and dies.
// Usage: <what> <loops folder> <n | tear>

import { createRequire } from "node:module";

const [, , what = "", folder = "", when = "0"] = process.argv;
const changesMax = when === "tear" ? Number.POSITIVE_INFINITY : Number(when);

interface FileLike {
  write(bytes: Uint8Array): Promise<unknown>;
  writeFile(text: string): Promise<unknown>;
  readonly sync: () => Promise<unknown>;
  readonly stat: () => Promise<unknown>;
  readonly close: () => Promise<unknown>;
}
type Call = (...args: readonly unknown[]) => Promise<unknown>;

// The very object that `import … from "node:fs/promises"` is made of, so it comes before those imports.
const files: Record<string, Call> = createRequire(import.meta.url)("node:fs/promises");
let changes = 0;
const dieBefore = async <Result>(change: () => Promise<Result>): Promise<Result> => {
  if (changes >= changesMax) process.kill(process.pid, "SIGKILL");
  changes += 1;
  return change();
};

for (const name of ["mkdir", "open", "link", "rename", "rm"]) {
  const original = files[name];
  if (original === undefined) throw new Error(`node:fs/promises has no ${name}`);
  files[name] = (...args) =>
    dieBefore(async () => {
      const result = await original(...args);
      return name === "open" ? dying(result as FileLike) : result;
    });
}

function dying(file: FileLike): FileLike {
  return {
    write: (bytes) => (when === "tear" ? tear(file, bytes) : dieBefore(() => file.write(bytes))),
    writeFile: (text) => dieBefore(() => file.writeFile(text)),
    sync: () => file.sync(),
    stat: () => file.stat(),
    close: () => file.close(),
  };
}

async function tear(file: FileLike, bytes: Uint8Array): Promise<void> {
  await file.write(bytes.slice(0, bytes.length / 2));
  process.kill(process.pid, "SIGKILL");
}

const { doWith } = await import("./things-with-record.ts");
await doWith(what, folder);
