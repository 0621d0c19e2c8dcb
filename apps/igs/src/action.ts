import type { CliContext } from "./context.ts";
import { describeFailure } from "./output/describe-failure.ts";
import { type Answer, buildEnvelope } from "./output/envelope.ts";
import { EXIT_CODES } from "./output/failure.ts";
import { createIo, type Io } from "./output/io.ts";

export interface CommonFlags {
  readonly json?: boolean;
}

type ActionBody<Flags, Args extends readonly unknown[]> = (
  scene: { readonly io: Io; readonly context: CliContext },
  flags: Flags,
  ...args: Args
) => Promise<Answer>;

/**
 * The one edge of every command: runs it, prints its answer or its failure, for people or as one
 * envelope, and sets the exit code.
 */
export function createAction<Flags extends CommonFlags, const Args extends readonly unknown[] = []>(
  command: string,
  body: ActionBody<Flags, Args>,
): (this: CliContext, flags: Flags, ...args: Args) => Promise<void> {
  return async function action(this: CliContext, flags: Flags, ...args: Args) {
    const io = createIo(this, flags.json === true || !this.isTerminal);
    const answer = await body({ io, context: this }, flags, ...args).catch(
      (error: unknown): Answer => ({ result: null, text: "", failure: describeFailure(error) }),
    );
    io.status("");
    if (!answer.isTold) printAnswer(this, io, command, answer);
    this.exit.code = answer.failure ? EXIT_CODES[answer.failure.code] : 0;
  };
}

function printAnswer(context: CliContext, io: Io, command: string, answer: Answer): void {
  const { stdout, stderr } = context;
  if (io.isJson) {
    stdout.write(`${JSON.stringify(buildEnvelope(command, answer))}\n`);
    return;
  }
  if (answer.text !== "") stdout.write(`${answer.text}\n`);
  const { failure } = answer;
  if (!failure || answer.isFailureInText) return;
  stderr.write(
    `${io.paint.bad("error:")} ${failure.message}\n${io.paint.strong("fix:")} ${failure.fix}\n`,
  );
}
