/** One line of the table. `holds` is whether the figure is within its bound; null where there is none. */
export interface Row {
  readonly what: string;
  readonly figure: string;
  readonly bound: string;
  readonly holds: boolean | null;
}

export function row(what: string, figure: string): Row {
  return { what, figure, bound: "", holds: null };
}

export function boundedRow(what: string, figure: string, bound: string, holds: boolean): Row {
  return { what, figure, bound, holds };
}

export function formatTable(rows: readonly Row[]): string {
  const verdict = ({ holds }: Row) => (holds === null ? "" : holds ? "yes" : "**no**");
  const cells = rows.map((each) => [each.what, each.figure, each.bound, verdict(each)]);
  const lines = [["what", "figure", "bound", "holds"], ["---", "--:", "---", "---"], ...cells];
  return lines.map((line) => `| ${line.join(" | ")} |`).join("\n");
}
