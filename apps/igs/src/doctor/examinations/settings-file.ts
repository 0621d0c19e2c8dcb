import { stat } from "node:fs/promises";
import { createExamination } from "../examination.ts";
import { shellWord } from "../shell-word.ts";
import { fault, type Verdict, wellUnless } from "../verdict.ts";

export interface KeyFile {
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
}

/** Files that a secret was read from. */
export const settingsFile = createExamination<readonly KeyFile[]>({
  id: "settings-file",
  title: "nobody else on this machine can read the keys",
  async look(scene) {
    const { values } = scene.connection().settings;
    const paths = values.flatMap(({ isSecret, source, from }) =>
      isSecret && source === "file" && from !== undefined ? [from] : [],
    );
    const files = [...new Set(paths)].map(async (path) => ({
      path,
      mode: (await stat(path)).mode & 0o777,
    }));
    return Promise.all(files);
  },
  decide(files): Verdict {
    if (files.length === 0) return { kind: "unused", said: "no file holds a key" };
    return wellUnless(
      files
        .filter(({ mode }) => (mode & 0o077) !== 0)
        .map(({ path, mode }) =>
          fault({
            problem: `${path} holds keys, and others can read it (mode ${mode.toString(8)}).`,
            why: "whoever has them can run anything that the bus runs",
            cure: `chmod 600 ${shellWord(path)}`,
          }),
        ),
      files.map(({ path }) => path).join(", "),
    );
  },
});
