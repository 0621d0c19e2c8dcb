import { CliError } from "../output/failure.ts";

export interface DataSources {
  readonly readFile: (path: string) => Promise<string>;
  readonly readStdin: () => Promise<string>;
}

/**
 * The data of an event as it was given: JSON, `@file`, `-` for stdin, or nothing; `url` is put into
 * it. JSON that isn't an object is no event's data.
 */
export async function readEventData(
  given: { readonly data?: string; readonly url?: string },
  sources: DataSources,
): Promise<Record<string, unknown>> {
  const data = given.data === undefined ? {} : parseData(await loadText(given.data, sources));
  if (given.url === undefined) return data;
  if (data.url !== undefined && data.url !== given.url) {
    throw usage(
      `--url and --data name two addresses: ${given.url} and ${String(data.url)}.`,
      "Give one of them.",
    );
  }
  return { ...data, url: given.url };
}

async function loadText(given: string, sources: DataSources): Promise<string> {
  if (given === "-") return sources.readStdin();
  return given.startsWith("@") ? loadFile(given.slice(1), sources, " after the @") : given;
}

/** Of many events: a file's, or stdin's for `-`. */
export async function loadEventText(file: string, sources: DataSources): Promise<string> {
  return file === "-" ? sources.readStdin() : loadFile(file, sources, "");
}

async function loadFile(path: string, sources: DataSources, where: string): Promise<string> {
  try {
    return await sources.readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw usage(`The file ${path} can't be read: ${reason}`, `Give a file that is there${where}.`);
  }
}

function parseData(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw usage(`--data is not JSON: ${reason}`, `Write it as in --data '{"url": "https://…"}'.`);
  }
  // An array is an object, too, and null has that type.
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw usage("--data is not a JSON object.", `Write it as in --data '{"url": "https://…"}'.`);
}

function usage(message: string, fix: string): CliError {
  return new CliError({ code: "usage", message, fix });
}
