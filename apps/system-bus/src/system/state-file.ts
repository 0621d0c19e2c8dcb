// What the system's own functions remember between their runs: one small JSON file each, in the data folder.
//
//   T1. A reader sees the old state or the new one, never a part (rules W1, W2 of atomic-write.ts).
//   T2. Within the worker's one process changes of a file come one after the other.
//   T3. A file that is gone or can't be understood is no state: what it remembered is forgotten, nothing fails.
//       One that can't be read, or not be written, is an error.

import type { z } from "zod";
import { readFileIfAny, writeFileAtomic } from "../files/atomic-write.ts";

export interface StateFile<State> {
  read(): Promise<State>;
  /** Stores what `change` makes of the state, and returns its answer. */
  update<T>(change: (state: State) => { readonly next: State; readonly answer: T }): Promise<T>;
}

export function createStateFile<State>(
  path: string,
  { schema, empty }: { readonly schema: z.ZodType<State>; readonly empty: State },
): StateFile<State> {
  let turn: Promise<unknown> = Promise.resolve();

  const read = async (): Promise<State> => {
    const text = await readFileIfAny(path);
    const parsed = text === null ? null : schema.safeParse(parseJson(text));
    return parsed?.success ? parsed.data : empty;
  };

  return {
    read,
    update(change) {
      const work = turn.then(async () => {
        const { next, answer } = change(await read());
        await writeFileAtomic(path, `${JSON.stringify(next)}\n`, 0o600);
        return answer;
      });
      turn = work.catch(() => undefined);
      return work;
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
