import { parseArgs } from "node:util";
import { formatProblems, parseEvent } from "@system-bus/events";
import { CliError } from "../output/failure.ts";

export interface DemoOptions {
  /** Null: the sample talk. */
  readonly url: string | null;
  readonly shouldKeep: boolean;
  readonly shouldCrash: boolean;
  readonly shouldStop: boolean;
}

const USAGE = "bin/demo [--yes] [--keep] [--crash] [--stop] [url]";

/** What bin/demo hands on; `--yes` and `--help` end there. */
export function readDemoOptions(argv: readonly string[]): DemoOptions {
  const { values, positionals } = parse(argv);
  const [url = null, ...rest] = positionals;
  if (rest.length > 0) throw usage(`One address at a time: ${rest.join(" ")} is too much.`);
  if (url !== null) checkAddress(url);
  return {
    url,
    shouldKeep: values.keep,
    shouldCrash: values.crash,
    shouldStop: values.stop,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        keep: { type: "boolean", default: false },
        crash: { type: "boolean", default: false },
        stop: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

/** The event's own schema says what an address may be. */
function checkAddress(url: string): void {
  const parsed = parseEvent("pipeline/video.download", { url });
  if (parsed.kind === "invalid") throw usage(formatProblems(parsed.problems));
}

function usage(message: string): CliError {
  return new CliError({ code: "usage", message, fix: USAGE });
}
