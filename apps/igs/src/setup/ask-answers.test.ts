import { describe, expect, test } from "bun:test";
import { CliError } from "../output/failure.ts";
import type { Prompter } from "../prompts/prompter.ts";
import { someAnswers } from "../testing/some-setup.ts";
import { type Asking, askAnswers } from "./ask-answers.ts";

/** Answers in their order; what is missing is what was proposed. */
class ScriptedPrompter implements Prompter {
  readonly asked: string[] = [];
  readonly #answers: Readonly<Record<string, unknown>>;
  readonly #stopsAt: number;

  /** Presses Ctrl-C at the question of that number. */
  constructor(answers: Readonly<Record<string, unknown>> = {}, stopsAt = 0) {
    this.#answers = answers;
    this.#stopsAt = stopsAt;
  }

  begin() {}
  choose: Prompter["choose"] = async (question, _, proposed) => this.#answer(question, proposed);
  chooseSome: Prompter["chooseSome"] = async (question, _, proposed) =>
    this.#answer(question, proposed);
  confirm: Prompter["confirm"] = async (question, proposed) => this.#answer(question, proposed);
  write: Prompter["write"] = async (question, proposed, findProblem) => {
    const answer = this.#answer(question, proposed);
    const problem = findProblem(answer);
    if (problem !== null) throw new Error(problem);
    return answer;
  };

  #answer<Value>(question: string, proposed: Value): Value {
    if (this.asked.push(question) === this.#stopsAt) {
      throw new CliError({ code: "interrupted", message: "Stopped.", fix: "Again." });
    }
    const word = Object.keys(this.#answers).find((key) => question.includes(key));
    // A test answers with what the question takes.
    return word === undefined ? proposed : (this.#answers[word] as Value);
  }
}

const asking = (given: Partial<Asking> = {}): Asking => ({
  flags: {},
  defaults: { ...someAnswers({ tier: 2 }), foundAgents: ["codex", "pi"] },
  docker: { kind: "ready", version: "27" },
  toAbsolute: (path) => `/here/${path}`,
  findVaultProblem: () => null,
  findArchiveProblem: (archive) => (archive.startsWith("/") ? null : "is no folder"),
  canBeDaemon: true,
  ...given,
});

describe("a person", () => {
  test("is asked for a worker of their own, and for its folder", async () => {
    const prompter = new ScriptedPrompter({ "Which runtime": "node", "The folder for": "shop" });
    const answers = await askAnswers(prompter, asking());
    expect(answers.ownWorker).toEqual({ folder: "/here/shop", runtime: "node" });
    const app = new ScriptedPrompter({ "Which runtime": "existing" });
    expect((await askAnswers(app, asking())).ownWorker).toEqual({
      folder: "/here/.",
      runtime: null,
    });
  });

  test("is asked what for, what runtime, what work, then vault, archive, agents and daemon", async () => {
    const prompter = new ScriptedPrompter();
    const answers = await askAnswers(prompter, asking());
    expect(prompter.asked.map((question) => question.split(" ").slice(0, 3).join(" "))).toEqual([
      "What is it",
      "Which runtime for",
      "What kind of",
      "Your Obsidian vault",
      "Where videos are",
      "Which of these",
      "Start it with",
    ]);
    expect(answers).toEqual(someAnswers({ tier: 2, agents: ["codex", "pi"] }));
  });

  test("is asked nothing that a flag has answered", async () => {
    const prompter = new ScriptedPrompter();
    const flags = {
      tier: 0,
      worker: "/w",
      work: "both",
      vault: "/v",
      archive: "none",
      agents: ["pi"],
    } as const;
    const answers = await askAnswers(prompter, asking({ flags: { ...flags, start: "none" } }));
    expect(prompter.asked).toEqual([]);
    expect(answers).toEqual(
      someAnswers({
        ...{ vault: "/v", agents: ["pi"], start: "none" },
        ownWorker: { folder: "/w", runtime: "bun" },
      }),
    );
  });

  test("is not asked for agents when the work is not theirs, nor when there are none", async () => {
    const background = new ScriptedPrompter({ "What kind": "background" });
    await askAnswers(background, asking());
    const none = new ScriptedPrompter();
    await askAnswers(none, asking({ defaults: { ...asking().defaults, foundAgents: [] } }));
    for (const { asked } of [background, none]) expect(asked.join()).not.toContain("agents may");
  });

  test("who takes the embedded engine gets tier 0, and an archive is looked at", async () => {
    const answers = await askAnswers(
      new ScriptedPrompter({ "What is it for": 0, "Where videos": "/mnt/nas" }),
      asking(),
    );
    expect(answers).toMatchObject({ tier: 0, archive: "/mnt/nas" });
    const wrong = askAnswers(new ScriptedPrompter({ "Where videos": "nas" }), asking());
    await expect(wrong).rejects.toThrow("is no folder");
  });

  test("who stops at any question stops everything", async () => {
    for (const stopsAt of [1, 2, 3, 4, 5, 6, 7]) {
      const asked = askAnswers(new ScriptedPrompter({}, stopsAt), asking());
      await expect(asked).rejects.toThrow("Stopped.");
    }
    await askAnswers(new ScriptedPrompter({}, 8), asking());
  });
});
