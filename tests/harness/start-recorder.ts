// Notes each start of a real program, from outside and exactly. A recorder stands before the program on
// the PATH, writes down its pid and which earlier starts were still alive, and becomes the program.

import { chmod, mkdir } from "node:fs/promises";
import type { Scratch } from "./scratch.ts";

export interface SeenStart {
  readonly pid: number;
  /** Earlier starts of the same program that were alive at that moment. */
  readonly alivePids: readonly number[];
}

export class StartRecorder {
  readonly #scratch: Scratch;

  private constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  /** The PATH under which starts of these programs are noted is `path`. */
  static async create(scratch: Scratch, programs: readonly string[]): Promise<StartRecorder> {
    const recorder = new StartRecorder(scratch);
    await mkdir(scratch.path("bin"), { recursive: true });
    for (const program of programs) {
      const real = Bun.which(program);
      if (real === null) throw new Error(`${program} is not installed`);
      const file = scratch.path("bin", program);
      await Bun.write(file, recorder.#script(program, real));
      await chmod(file, 0o755);
    }
    return recorder;
  }

  get path(): string {
    return `${this.#scratch.path("bin")}:${this.#scratch.env["PATH"]}`;
  }

  async startsOf(program: string): Promise<readonly SeenStart[]> {
    const file = Bun.file(this.#logOf(program));
    if (!(await file.exists())) return [];
    const lines = (await file.text()).trim().split("\n");
    return lines.map((line) => {
      const [pid = 0, ...alivePids] = line.split(" ").map(Number);
      return { pid, alivePids };
    });
  }

  /** From now on each start of this program waits at its door until it is opened. */
  async shut(program: string): Promise<void> {
    await Bun.write(this.#doorOf(program), "");
  }

  async open(program: string): Promise<void> {
    await Bun.file(this.#doorOf(program)).delete();
  }

  #script(program: string, real: string): string {
    const log = this.#logOf(program);
    return `#!/bin/sh
alive=
if [ -f '${log}' ]; then
  while read -r pid others; do
    case $(ps -o stat= -p "$pid") in "" | Z*) ;; *) alive="$alive $pid" ;; esac
  done <'${log}'
fi
echo "$$$alive" >>'${log}'
while [ -e '${this.#doorOf(program)}' ]; do sleep 0.05; done
exec '${real}' "$@"
`;
  }

  #logOf(program: string): string {
    return this.#scratch.path(`${program}.starts`);
  }

  #doorOf(program: string): string {
    return this.#scratch.path(`${program}.shut`);
  }
}
