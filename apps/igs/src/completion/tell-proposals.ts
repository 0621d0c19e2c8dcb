import { type Application, type InputCompletion, proposeCompletions } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { FILES_FIT } from "./file-proposals.ts";
import { partFlags } from "./part-flags.ts";
import { FILES_LINE } from "./protocol.ts";

type Proposal = Pick<InputCompletion, "kind" | "completion" | "brief">;

/**
 * Answers a shell: a line for each word that fits in the place of the last one, with what it means
 * after a tab. Nothing where nothing fits.
 */
export async function tellProposals(
  application: Application<CliContext>,
  typed: readonly string[],
  context: CliContext,
): Promise<void> {
  const { words, prefix } = partFlags(typed);
  const partial = words.at(-1);
  if (partial === undefined) return;
  const routes = listRoutes(application, words.slice(0, -1));
  const proposals = [...routes, ...(await proposeCompletions(application, words, context))];
  const fitting = proposals.filter(({ completion }) => completion.startsWith(partial));
  const lines = chooseProposals(fitting, partial).map((proposal) => renderLine(proposal, prefix));
  context.stdout.write([...new Set(lines)].map((line) => `${line}\n`).join(""));
}

/**
 * The commands below the one that is named. Stricli leaves them out where a default command takes the
 * rest, as with `igs functions`.
 */
function listRoutes(
  { root }: Application<CliContext>,
  words: readonly string[],
): readonly Proposal[] {
  let target: typeof root | undefined = root;
  for (const word of words) {
    if (target === undefined || !("getRoutingTargetForInput" in target)) return [];
    target = target.getRoutingTargetForInput(word);
  }
  if (target === undefined || !("getAllEntries" in target)) return [];
  return target
    .getAllEntries()
    .filter(({ hidden }) => !hidden)
    .map(({ name, target: { brief } }) => ({
      kind: "routing-target:command",
      completion: name["convert-camel-to-kebab"],
      brief,
    }));
}

/** Before anything is typed no flags where there is something else: they come with their dash. */
function chooseProposals(proposals: readonly Proposal[], partial: string): readonly Proposal[] {
  const offered = proposals.filter(({ completion }) => completion !== "--");
  const words = offered.filter(({ kind }) => kind !== "argument:flag");
  return partial === "" && words.length > 0 ? words : offered;
}

function renderLine({ kind, completion, brief }: Proposal, prefix: string): string {
  if (completion.endsWith(FILES_FIT)) return FILES_LINE;
  // The brief of a value is its parameter's, the same for all.
  if (kind === "argument:value") return `${prefix}${completion}\t`;
  return `${completion}\t${brief.replace(/\s+/g, " ")}`;
}
