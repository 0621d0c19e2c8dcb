import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type LogEntry, readTail, systemLogPath } from "@system-bus/system-log";

export interface SeenNote {
  readonly path: string;
  readonly text: string;
  readonly frontmatter: Readonly<Record<string, unknown>>;
  readonly summary: string;
  /** The words of the transcript, without its marks of time. */
  readonly transcript: string;
}

const LOG_ENTRIES_MAX = 1_000;

/** A vault as a person finds it. */
export class VaultView {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** Every file, hidden ones too, relative to the vault. */
  async listFiles(): Promise<readonly string[]> {
    const entries = await readdir(this.root, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.root.length + 1))
      .toSorted();
  }

  /** Each file with the hash of its bytes: equal before and after means that nothing was touched. */
  async fingerprint(): Promise<Readonly<Record<string, string>>> {
    const hashes: Record<string, string> = {};
    for (const file of await this.listFiles()) {
      const bytes = await Bun.file(join(this.root, file)).bytes();
      hashes[file] = createHash("sha256").update(bytes).digest("hex");
    }
    return hashes;
  }

  /** As Obsidian shows them: a draft that a killed worker has left (`.name.md.….tmp`) is none. */
  async listNotes(): Promise<readonly SeenNote[]> {
    const files = (await this.listFiles()).filter((file) =>
      /^Resources\/videos\/[^.][^/]*\.md$/.test(file),
    );
    return Promise.all(files.map((file) => this.#readNote(file)));
  }

  /** Throws unless there is exactly one. */
  async getOnlyNote(): Promise<SeenNote> {
    const [note, ...others] = await this.listNotes();
    if (note && others.length === 0) return note;
    throw new Error(`promised: one note; there are ${JSON.stringify(await this.listFiles())}`);
  }

  /** The lines of all daily notes that link to a video. */
  async listDailyLines(): Promise<readonly string[]> {
    const files = (await this.listFiles()).filter((file) => file.startsWith("Daily/"));
    const texts = await Promise.all(files.map((file) => Bun.file(join(this.root, file)).text()));
    return texts.flatMap((text) => text.split("\n")).filter((line) => line.startsWith("- [["));
  }

  /** The system log, oldest first. */
  readLog(): readonly LogEntry[] {
    return readTail(systemLogPath(this.root), LOG_ENTRIES_MAX);
  }

  async #readNote(file: string): Promise<SeenNote> {
    const path = join(this.root, file);
    const text = await Bun.file(path).text();
    const [, yaml = ""] = /^---\n([\s\S]*?)\n---\n/.exec(text) ?? [];
    const [, summary = ""] =
      /<!-- summary:start -->\n([\s\S]*)\n<!-- summary:end -->/.exec(text) ?? [];
    const [, transcript = ""] = /> \[!note\]- Transcript\n([\s\S]*)$/.exec(text) ?? [];
    return {
      path,
      text,
      // YAML that is no mapping gives a note without fields, which no test expects.
      frontmatter: Bun.YAML.parse(yaml) as Record<string, unknown>,
      summary,
      transcript: transcript
        .replace(/^> ?/gm, "")
        .replace(/\*\*\[[\d:]+\]\*\*/g, "")
        .trim(),
    };
  }
}
