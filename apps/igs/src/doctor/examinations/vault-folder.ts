import type { StatusFindings } from "../../status/status-report.ts";
import { createExamination } from "../examination.ts";
import { shellWord } from "../shell-word.ts";
import { fault, type Verdict, wellUnless } from "../verdict.ts";

export interface VaultFacts {
  readonly path: string;
  readonly platform: string;
  /** As this shell sees it. */
  readonly seenHere: StatusFindings["vault"]["state"];
  /** What the worker finds wrong with it; null: nothing. Undefined when it could not be asked. */
  readonly workerProblem: string | null | undefined;
}

export const vaultFolder = createExamination<VaultFacts>({
  id: "vault",
  title: "the worker can write the vault",
  async look(scene) {
    const { vault } = await scene.status();
    const health = await scene.health();
    const { path, state } = vault;
    return {
      path,
      platform: scene.platform,
      seenHere: state,
      workerProblem: health?.vault?.problem,
    };
  },
  decide({ path, platform, seenHere, workerProblem }): Verdict {
    const why = "no note and no line of the log can be written";
    if (seenHere === "missing") {
      const cure = `mkdir -p ${shellWord(path)}`;
      const hint = "Or set VAULT_PATH to where your vault is.";
      return wellUnless(
        [fault({ problem: `The vault ${path} is not there.`, why, cure, hint })],
        "",
      );
    }
    if (workerProblem === undefined) {
      return seenHere === "read-only"
        ? wellUnless(
            [
              fault({
                problem: `The vault ${path} can't be written from here.`,
                why,
                cure: ownCommand(path),
              }),
            ],
            "",
          )
        : {
            kind: "unchecked",
            reason: "this shell can write it; no worker answers to say whether it can",
          };
    }
    if (workerProblem === null) return wellUnless([], path);
    const isPrivacy = platform === "darwin" && seenHere === "writable";
    return wellUnless(
      [
        fault({
          problem: `The worker can't use the vault ${path}: ${workerProblem}${seenHere === "writable" ? " — and this shell can" : ""}.`,
          why,
          cure: isPrivacy
            ? 'open "x-apple.systempreferences:com.apple.preference.security?Privacy_AllFiles"'
            : ownCommand(path),
          hint: isPrivacy
            ? "macOS keeps Documents, Desktop and iCloud from programs without a window: allow Bun there, or move the vault."
            : "The folder has to belong to the user that the worker runs as.",
        }),
      ],
      "",
    );
  },
});

function ownCommand(path: string): string {
  return `sudo chown -R "$USER" ${shellWord(path)}`;
}
