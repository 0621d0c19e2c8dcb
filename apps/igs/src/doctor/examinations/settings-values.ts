import { createExamination } from "../examination.ts";
import { shellWord } from "../shell-word.ts";
import { fault, type Trouble, warning, wellUnless } from "../verdict.ts";

export interface SettingsFacts {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly settingsFile: string | null;
}

/** Of what other examinations tell with a cure of their own. */
const TOLD_ELSEWHERE = / holds keys and others can read it|^INNGEST_DEV /;

export const settingsValues = createExamination<SettingsFacts>({
  id: "settings",
  title: "every setting can be used, keys in hex above all",
  async look(scene) {
    const { settingsProblems: problems } = scene;
    if (problems.length > 0) return { problems, warnings: [], settingsFile: null };
    const { warnings, settingsFile } = scene.connection().settings;
    return { problems, warnings, settingsFile };
  },
  decide({ problems, warnings, settingsFile }) {
    return wellUnless(
      [
        ...problems.map((problem) =>
          fault({ problem, why: "no process of the bus starts with it", ...cureOf(problem) }),
        ),
        ...warnings
          .filter((text) => !TOLD_ELSEWHERE.test(text))
          .map((text) =>
            warning({
              problem: `${text}.`,
              why: "it works, but probably not as meant",
              cure: "igs config",
              hint: "It shows each setting and where it comes from.",
            }),
          ),
      ],
      `all of them, with the file ${settingsFile}`,
    );
  },
});

const KEY_HINT =
  "`openssl rand -hex 32` prints a good one; without the line `igs start` makes its own.";

/** A problem says where its value stands: `NAME=value (file): …`, or `file, line 3: …`. */
function cureOf(problem: string): Pick<Trouble, "cure" | "hint"> {
  const [, name = "", from = ""] = /^([A-Z_]+)(?:=.*)? \(([^()]+)\): /s.exec(problem) ?? [];
  const file = from.startsWith("/") ? from : /^(\/.*), line \d+: /s.exec(problem)?.[1];
  if (from === "environment") {
    return { cure: `unset ${name}`, hint: "Then the settings file or the default counts." };
  }
  const hint = name.endsWith("_KEY") ? KEY_HINT : "Correct the line, or remove it.";
  return file === undefined
    ? { cure: "igs config", hint }
    : { cure: `\${EDITOR:-vi} ${shellWord(file)}`, hint };
}
