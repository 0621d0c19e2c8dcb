import { type Application, ExitCode, run, type StricliProcess } from "@stricli/core";
import { PROPOSALS_WORD } from "./completion/protocol.ts";
import type { CliContext } from "./context.ts";
import { buildEnvelope } from "./output/envelope.ts";
import { EXIT_CODES, type Failure } from "./output/failure.ts";

/**
 * Runs one command line and returns the exit code of docs/cli.md. Stricli's own complaints about a
 * command line come out as every other failure does: with what to do, and as an envelope for
 * programs.
 */
export async function runCli(
  application: Application<CliContext>,
  inputs: readonly string[],
  context: CliContext,
): Promise<number> {
  // Not among the commands: it needs all of them, and nobody types it.
  if (inputs[0] === PROPOSALS_WORD) {
    const { tellProposals } = await import("./completion/tell-proposals.ts");
    await tellProposals(application, inputs.slice(1), context);
    return 0;
  }
  const complaints: string[] = [];
  const stricliProcess: StricliProcess = {
    env: context.env,
    stdout: context.process.stdout,
    stderr: { write: (text) => void complaints.push(text) },
  };
  await run(application, inputs, { ...context, process: stricliProcess });
  const { exitCode } = stricliProcess;
  if (exitCode === ExitCode.Success) return context.exit.code;
  const isUsage = exitCode === ExitCode.UnknownCommand || exitCode === ExitCode.InvalidArgument;
  const code = isUsage ? "usage" : "internal";
  const message = complaints.join("").trim() || "The command could not be run.";
  const help = [context.programName, ...commandWords(application, inputs), "--help"].join(" ");
  const fix = `Run \`${help}\` to see what it takes.`;
  tellFailure(context, inputs, { code, message, fix });
  return EXIT_CODES[code];
}

function tellFailure(context: CliContext, inputs: readonly string[], failure: Failure): void {
  if (context.isTerminal && !inputs.includes("--json")) {
    context.stderr.write(`error: ${failure.message}\nfix: ${failure.fix}\n`);
    return;
  }
  const command = inputs.find((input) => !input.startsWith("-")) ?? context.programName;
  context.stdout.write(`${JSON.stringify(buildEnvelope(command, { result: null, failure }))}\n`);
}

/** The words that chose the command: `log write` of `log write --action x`. */
function commandWords(
  { root }: Application<CliContext>,
  inputs: readonly string[],
): readonly string[] {
  const words: string[] = [];
  let target: typeof root | undefined = root;
  for (const input of inputs) {
    if (target === undefined || !("getRoutingTargetForInput" in target)) break;
    target = target.getRoutingTargetForInput(input);
    if (target !== undefined) words.push(input);
  }
  return words;
}
