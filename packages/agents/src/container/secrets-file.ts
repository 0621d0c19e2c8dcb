import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Environment } from "../agent.ts";

/** A shell reads it in the container. Only its owner may, outside as inside. */
export function writeSecrets(path: string, secrets: Environment): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  rmSync(path, { force: true });
  // "x": not through a link that somebody has put there.
  const file = openSync(path, "wx", 0o600);
  try {
    writeSync(file, renderSecrets(secrets));
  } finally {
    closeSync(file);
  }
}

export function removeSecrets(path: string): void {
  rmSync(path, { force: true });
}

function renderSecrets(secrets: Environment): string {
  return Object.entries(secrets)
    .flatMap(([name, value]) => (value === undefined ? [] : [`export ${name}=${quote(value)}\n`]))
    .join("");
}

function quote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
