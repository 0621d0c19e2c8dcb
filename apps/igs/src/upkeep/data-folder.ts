import { resolve } from "node:path";
import type { CommonFlags } from "../action.ts";
import type { CliContext } from "../context.ts";
import { loadSettings } from "../load-settings.ts";

export interface DataFlags extends CommonFlags {
  readonly data?: string;
}

/** The folder of `--data`, from where one stands, else that of `igs start`. */
export function dataFolder(context: CliContext, { data }: DataFlags): string {
  if (data !== undefined) return resolve(context.cwd, data);
  return loadSettings(context, { mode: "start" }).folders.engine;
}
