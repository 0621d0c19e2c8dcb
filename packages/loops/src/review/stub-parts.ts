/** What a stub is made of, before it is known how its exports are written. */
export interface StubParts {
  /** `import type …`: vanish when types are erased. */
  readonly typeImports: string[];
  readonly imports: ValueImport[];
  /** Interfaces and the like, with their `export`. */
  readonly types: string[];
  /** Statements in TypeScript, without `export`. */
  readonly values: string[];
  readonly exports: StubExport[];
  /** `export … from "…"`, as they are. */
  readonly reexports: string[];
  /** The name behind `export =`. */
  assigned: string | null;
}

export interface ValueImport {
  readonly local: string;
  /** `default`, `*`, or what the other module calls it. */
  readonly imported: string;
  /** With its quotes. */
  readonly source: string;
}

export interface StubExport {
  readonly local: string;
  readonly exported: string;
}

export function emptyParts(): StubParts {
  return {
    ...{ typeImports: [], imports: [], types: [], values: [], exports: [], reexports: [] },
    assigned: null,
  };
}
