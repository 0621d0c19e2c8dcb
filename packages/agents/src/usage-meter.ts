import { open } from "node:fs/promises";
import type { AgentName } from "./agent.ts";
import type { AgentUsage } from "./agent-result.ts";
import { agents } from "./agents.ts";
import { addUsage, NO_USAGE } from "./usage.ts";

export interface UsageMeter {
  /** What has been used so far, by the calls of the model that have ended; grows. */
  look(): Promise<AgentUsage>;
}

export interface OutputPaths {
  readonly stdoutPath: string;
  readonly stderrPath: string;
}

/**
 * Reads an agent's usage from its output while it runs, so that it can be stopped at a cap: at most
 * the call under way is beyond it. Each look reads what is new. When the middle of an output was cut
 * out (`packages/programs`), it is read again from its beginning: a call counts once by its name.
 */
export function openUsageMeter(name: AgentName, paths: OutputPaths): UsageMeter {
  const calls = new Map<string, AgentUsage>();
  const take = (line: string) => {
    const call = agents[name].readCall(line);
    if (call !== null) calls.set(call.id, call.usage);
  };
  const readers = [paths.stdoutPath, paths.stderrPath].map((path) => new GrowingFile(path));
  return {
    look: async () => {
      for (const reader of readers) await reader.readNewLines(take);
      return [...calls.values()].reduce(addUsage, NO_USAGE);
    },
  };
}

const PIECE_BYTES = 1024 * 1024;
/** No line that tells of a call is near to this; a longer one is an answer or a tool's output. */
const LINE_MAX_BYTES = 4 * 1024 * 1024;

class GrowingFile {
  readonly #path: string;
  #offsetBytes = 0;
  /** The beginning of a line whose end isn't written yet. */
  #rest = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
  }

  async readNewLines(take: (line: string) => void): Promise<void> {
    const file = await open(this.#path, "r").catch(() => null);
    // Not there before the program was let go.
    if (file === null) return;
    try {
      const { size } = await file.stat();
      if (size < this.#offsetBytes) {
        this.#offsetBytes = 0;
        this.#rest = Buffer.alloc(0);
      }
      const piece = Buffer.alloc(PIECE_BYTES);
      while (this.#offsetBytes < size) {
        const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, this.#offsetBytes);
        if (bytesRead === 0) return;
        this.#offsetBytes += bytesRead;
        this.#takeLines(piece.subarray(0, bytesRead), take);
      }
    } finally {
      await file.close();
    }
  }

  #takeLines(piece: Buffer, take: (line: string) => void): void {
    const text = Buffer.concat([this.#rest, piece]);
    const end = text.lastIndexOf(0x0a);
    for (const line of text.toString("utf8", 0, Math.max(0, end)).split("\n")) take(line);
    const rest = text.subarray(end + 1);
    this.#rest = Buffer.from(rest.length > LINE_MAX_BYTES ? rest.subarray(-1) : rest);
  }
}
