export interface StatusEntry {
  readonly path: string;
  /** `new`: git doesn't know it. `nested`: a folder that is a repository of its own. */
  readonly kind: "new" | "changed" | "deleted" | "nested";
}

export interface Status {
  readonly entries: readonly StatusEntry[];
  /** Names that are no UTF-8, as far as they can be shown. */
  readonly unreadable: readonly string[];
}

/** Of `git status --porcelain -z --untracked-files=all --no-renames`: the files against the index. */
export function readStatus(stdout: Uint8Array): Status {
  const entries: StatusEntry[] = [];
  const unreadable: string[] = [];
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for (const line of splitAtNul(stdout)) {
    const code = String.fromCharCode(line[0] ?? 0, line[1] ?? 0);
    const name = line.subarray(3);
    if (code[1] === " ") continue;
    try {
      entries.push(entryOf(code, strict.decode(name)));
    } catch {
      unreadable.push(new TextDecoder().decode(name));
    }
  }
  return { entries, unreadable };
}

function entryOf(code: string, path: string): StatusEntry {
  if (path.endsWith("/")) return { path: path.slice(0, -1), kind: "nested" };
  if (code === "??") return { path, kind: "new" };
  return { path, kind: code[1] === "D" ? "deleted" : "changed" };
}

function* splitAtNul(bytes: Uint8Array): Generator<Uint8Array> {
  let from = 0;
  for (let at = bytes.indexOf(0); at !== -1; at = bytes.indexOf(0, from)) {
    yield bytes.subarray(from, at);
    from = at + 1;
  }
}
