import { fileURLToPath } from "node:url";
import { type BareSpec, contain } from "./contain.ts";
import type { Container } from "./container.ts";

const HOLDER = fileURLToPath(new URL("./main.ts", import.meta.url));

/**
 * The same program in a container, which ends when the program is ended. For agents with caps, there is
 * `container` in what `cappedAgentProgram` takes.
 */
export function dockerized(spec: BareSpec, container: Container): BareSpec {
  const contained = contain(spec, container);
  const { command, args, ...rest } = contained.spec;
  const own = ["--smol", HOLDER, JSON.stringify(contained.order)];
  return { ...rest, command: process.execPath, args: [...own, command, ...args] };
}
