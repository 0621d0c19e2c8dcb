import type { WorkerRuntime } from "./runtimes.ts";

/** How the sources of an app end the paths in their imports. */
export type ImportEnding = ".ts" | ".js" | "";

export type PackageManager = "bun" | "npm" | "pnpm" | "yarn";

/** What decides where a scaffold goes. */
export interface FolderFacts {
  /** Absolute. */
  readonly path: string;
  readonly kind: "absent" | "folder" | "file";
  /** Names in the folder, without what git, package managers and macOS put there. */
  readonly entries: readonly string[];
  readonly manifest: Manifest | null;
  /** Whether the app's own files are, or may be, TypeScript. */
  readonly hasTypeScript: boolean;
  readonly importEnding: ImportEnding | null;
  readonly packageManager: PackageManager;
  /** Of `src`. */
  readonly sourceEntries: readonly string[];
}

export interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  /** The mark of a worker that was scaffolded, whole. */
  readonly worker: WorkerRuntime | null;
}
