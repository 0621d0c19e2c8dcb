const GAP = "  ";
const CLIPPED = "…";

export interface TableOptions {
  /** How wide a line may be; the last column is clipped to it. Unlimited when absent. */
  readonly columnsMax?: number | undefined;
  readonly styleHeader?: (text: string) => string;
}

/** Columns as wide as their widest cell, two spaces apart. Cells may hold colours. */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string {
  const widths = header.map((title, column) =>
    Math.max(Bun.stringWidth(title), ...rows.map((row) => Bun.stringWidth(row[column] ?? ""))),
  );
  const renderRow = (cells: readonly string[]) =>
    clip(joinCells(cells, widths), options.columnsMax);
  const styleHeader = options.styleHeader ?? ((text: string) => text);
  return [styleHeader(renderRow(header)), ...rows.map(renderRow)].join("\n");
}

function joinCells(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, column) => {
    const missing = (widths[column] ?? 0) - Bun.stringWidth(cell);
    return cell.replaceAll("\n", " ") + " ".repeat(Math.max(0, missing));
  });
  return padded.join(GAP).trimEnd();
}

function clip(line: string, columnsMax: number | undefined): string {
  if (columnsMax === undefined || Bun.stringWidth(line) <= columnsMax) return line;
  return Bun.sliceAnsi(line, 0, Math.max(0, columnsMax - 1)) + CLIPPED;
}
