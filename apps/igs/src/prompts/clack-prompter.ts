import {
  type CANCEL_SYMBOL,
  confirm,
  intro,
  isCancel,
  multiselect,
  select,
  text,
} from "@clack/prompts";
import { CliError } from "../output/failure.ts";
import type { Choice, Prompter } from "./prompter.ts";

/** The choices by their place in the list: any value can be one. */
export const clackPrompter: Prompter = {
  begin: intro,
  async choose(question, choices, proposed) {
    const chosen = await select<string>({
      message: question,
      options: choices.map(toOption),
      initialValue: String(choices.findIndex(({ value }) => value === proposed)),
    });
    const choice = choices[Number(answered(chosen))];
    if (choice === undefined) throw new Error("promised: what is chosen is one of the choices");
    return choice.value;
  },
  async chooseSome(question, choices, proposed) {
    const chosen = await multiselect<string>({
      message: `${question} (space chooses, enter goes on)`,
      options: choices.map(toOption),
      initialValues: choices.flatMap(({ value }, index) =>
        proposed.includes(value) ? [String(index)] : [],
      ),
      required: false,
    });
    const indexes = answered(chosen);
    return choices.flatMap(({ value }, index) => (indexes.includes(String(index)) ? [value] : []));
  },
  async write(question, proposed, findProblem) {
    const answer = await text({
      message: question,
      initialValue: proposed,
      validate: (input) => findProblem(input ?? "") ?? undefined,
    });
    return answered(answer);
  },
  async confirm(question, proposed) {
    return answered(await confirm({ message: question, initialValue: proposed }));
  },
};

function toOption({ label, hint }: Choice<unknown>, index: number) {
  return { value: String(index), label, ...(hint === undefined ? {} : { hint }) };
}

function answered<Answer>(answer: Answer): Exclude<Answer, typeof CANCEL_SYMBOL> {
  // isCancel narrows a union, but not a type parameter.
  if (!isCancel(answer)) return answer as Exclude<Answer, typeof CANCEL_SYMBOL>;
  throw new CliError({
    code: "interrupted",
    message: "Stopped. Nothing was changed.",
    fix: "Run `igs setup` again when you know.",
  });
}
