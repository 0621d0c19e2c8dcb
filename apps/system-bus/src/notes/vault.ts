// The vault belongs to a person. What we write into it is atomic, and what they wrote stays.
//
// V1. A note of ours is made once. Found again by the id in its frontmatter, it is not written anew:
//     moved within its folder, renamed or edited, it stays the note of its video.
// V2. Another video of the same title gets a name of its own.
// V3. Changes of one file by this process come one after the other.

import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  createFileAtomic,
  readFileIfAny,
  withReadableErrors,
  writeFileAtomic,
} from "../files/atomic-write.ts";
import { systemCode, WorkerError } from "../worker-error.ts";
import { type DailyVideo, withVideo } from "./daily-note.ts";
import { readFrontmatter } from "./frontmatter.ts";
import { slugOf } from "./slug.ts";
import { spliceSummary } from "./summary-marks.ts";

export interface Vault {
  readonly folder: string;
  /** Makes the note unless there is one of this id. */
  createVideoNote(wanted: NewVideoNote): Promise<VideoNotePlace>;
  /** The note of this id; null when there is none. */
  findVideoNote(id: string): Promise<FoundNote | null>;
  getNote(asked: NoteName): Promise<FoundNote>;
  /** Puts a summary between the marks of the note as it is now. False when it stands there already. */
  writeSummary(asked: NoteName, compose: (note: string) => string): Promise<boolean>;
  /** False when the video stands in the day's note already. */
  addToDailyNote(day: string, video: DailyVideo): Promise<boolean>;
}

export interface NewVideoNote {
  readonly id: string;
  readonly title: string;
  readonly content: string;
}

export interface VideoNotePlace {
  readonly slug: string;
  readonly name: string;
  readonly isNew: boolean;
}

/** A note as events name it. The id counts more: a person may have renamed the file. */
export interface NoteName {
  readonly slug: string;
  readonly id?: string | undefined;
}

export interface FoundNote {
  /** Fit for an event, also when the file's name is not. */
  readonly slug: string;
  /** The file's name without its ending: what a link to it holds. */
  readonly name: string;
  readonly path: string;
  readonly content: string;
}

const SAME_TITLE_MAX = 1_000;

export function createVault(folder: string): Vault {
  const videos = join(folder, "Resources", "videos");
  const daily = join(folder, "Daily");
  const inTurn = createTurns();

  const find = async (id: string): Promise<FoundNote | null> => {
    for await (const note of notesIn(videos)) {
      if (readFrontmatter(note.content)["id"] === id) return note;
    }
    return null;
  };

  const get = async ({ slug, id }: NoteName): Promise<FoundNote> => {
    const note = id === undefined ? null : await find(id);
    if (note) return note;
    for await (const each of notesIn(videos)) {
      if (id === undefined && (each.name === slug || each.slug === slug)) return each;
    }
    throw new WorkerError(
      "NOTE_MISSING",
      `There is no note ${slug}.md in ${videos}: send the video again, or name another note`,
    );
  };

  return {
    folder,
    findVideoNote: find,
    getNote: get,

    createVideoNote: ({ id, title, content }) =>
      inTurn(async () => {
        const existing = await find(id);
        if (existing) return { slug: existing.slug, name: existing.name, isNew: false };
        for (const slug of slugsOf(title, id)) {
          const isNew = await createFileAtomic(join(videos, `${slug}.md`), content);
          if (isNew) return { slug, name: slug, isNew };
        }
        throw tooManyOf(title);
      }),

    writeSummary: (asked, compose) =>
      inTurn(async () => {
        const note = await get(asked);
        const spliced = spliceSummary(note.content, compose(note.content));
        if (spliced === null) {
          throw new WorkerError(
            "NOTE_TAKEN_OVER",
            `${note.path} has no pair of summary marks any more, so nothing was written. Put "<!-- summary:start -->" and "<!-- summary:end -->" on lines of their own where the summary belongs`,
          );
        }
        if (spliced === note.content) return false;
        await writeFileAtomic(note.path, spliced);
        return true;
      }),

    addToDailyNote: (day, video) =>
      inTurn(async () => {
        const path = join(daily, `${day}.md`);
        const changed = withVideo(await readFileIfAny(path), day, video);
        if (changed === null) return false;
        await writeFileAtomic(path, changed);
        return true;
      }),
  };
}

function* slugsOf(title: string, id: string): Generator<string> {
  const slug = slugOf(title, id);
  yield slug;
  for (let count = 2; count <= SAME_TITLE_MAX; count += 1) yield `${slug}-${count}`;
}

function tooManyOf(title: string): WorkerError {
  return new WorkerError(
    "WRITE_REFUSED",
    `More than ${SAME_TITLE_MAX} notes are titled "${title}": rename some`,
  );
}

/** The notes of the folder and those below it, in which a person may have sorted them. */
async function* notesIn(folder: string): AsyncGenerator<FoundNote> {
  const files = await withReadableErrors(folder, () =>
    readdir(folder, { recursive: true }).catch((error: unknown) => {
      if (systemCode(error) === "ENOENT") return [];
      throw error;
    }),
  );
  for (const file of files.toSorted()) {
    if (!file.endsWith(".md") || basename(file).startsWith(".")) continue;
    const path = join(folder, file);
    const content = await withReadableErrors(path, () => readFileIfAny(path));
    const name = basename(file, ".md").normalize("NFC");
    if (content !== null) yield { slug: slugOf(name, "note"), name, path, content };
  }
}

function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}
