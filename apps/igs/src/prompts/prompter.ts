export interface Choice<Value> {
  readonly value: Value;
  readonly label: string;
  readonly hint?: string;
}

/** Questions to a person at a terminal. Each throws a CliError `interrupted` at Ctrl-C. */
export interface Prompter {
  /** The first line, before the questions. */
  begin(title: string): void;
  choose<Value extends string | number>(
    question: string,
    choices: readonly Choice<Value>[],
    proposed: Value,
  ): Promise<Value>;
  chooseSome<Value extends string>(
    question: string,
    choices: readonly Choice<Value>[],
    proposed: readonly Value[],
  ): Promise<readonly Value[]>;
  /** `findProblem` returns why an answer can't be taken, or null. */
  write(
    question: string,
    proposed: string,
    findProblem: (answer: string) => string | null,
  ): Promise<string>;
  confirm(question: string, proposed: boolean): Promise<boolean>;
}
