// As much of a Dockerfile as our rules and the play of its entry point want: stages with their instructions.

export interface Instruction {
  readonly keyword: string;
  /** The rest of its lines, joined. */
  readonly words: string;
}

export interface Stage {
  readonly name: string;
  readonly from: string;
  readonly instructions: readonly Instruction[];
}

export interface Dockerfile {
  /** Values of the `ARG`s before the first stage. */
  readonly defaults: ReadonlyMap<string, string>;
  readonly stages: readonly Stage[];
}

export function parseDockerfile(text: string): Dockerfile {
  const defaults = new Map<string, string>();
  const stages: { name: string; from: string; instructions: Instruction[] }[] = [];
  for (const instruction of readInstructions(text)) {
    const stage = stages.at(-1);
    if (instruction.keyword === "FROM") stages.push(readStage(instruction.words, defaults));
    else if (stage) stage.instructions.push(instruction);
    else if (instruction.keyword === "ARG") {
      const [name = "", value = ""] = instruction.words.split("=");
      defaults.set(name, value);
    }
  }
  return { defaults, stages };
}

/** A stage with everything that it has of the stages it is built on, the first one first. */
export function findChain({ stages }: Dockerfile, name: string): readonly Stage[] {
  const stage = stages.find((one) => one.name === name);
  if (!stage) return [];
  return [...findChain({ defaults: new Map(), stages }, stage.from), stage];
}

/** The words of the last instruction of this kind: it is the one that counts. */
export function findLast(chain: readonly Stage[], keyword: string): string | undefined {
  return chain
    .flatMap(({ instructions }) => instructions)
    .findLast((one) => one.keyword === keyword)?.words;
}

/** `["igs", "start"]` of `CMD ["igs", "start"]`; null for the form that goes through a shell. */
export function readExecForm(words: string | undefined): readonly string[] | null {
  const list = /\[.*\]$/s.exec(words ?? "")?.[0];
  if (list === undefined) return null;
  const parsed: unknown = JSON.parse(list);
  return Array.isArray(parsed) ? parsed.map(String) : null;
}

function readInstructions(text: string): Instruction[] {
  const lines = text.split("\n").filter((line) => !/^\s*#/.test(line));
  const joined = lines.join("\n").replace(/\\\n/g, " ");
  return joined.split("\n").flatMap((line) => {
    const [, keyword, words] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
    if (keyword === undefined || words === undefined) return [];
    return [{ keyword, words: words.replace(/\s+/g, " ").trim() }];
  });
}

function readStage(words: string, defaults: ReadonlyMap<string, string>) {
  const [image = "", , name = ""] = words.split(" ");
  const from = image.replace(/\$\{(\w+)\}/g, (_, variable: string) => defaults.get(variable) ?? "");
  return { name, from, instructions: [] };
}
