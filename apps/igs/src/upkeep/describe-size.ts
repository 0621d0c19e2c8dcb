const UNITS = ["B", "KB", "MB", "GB", "TB"] as const;

/** `512 B`, `4.2 MB`, `1.9 GB`, as disks are sold. */
export function describeSize(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1_000;
    unit += 1;
  }
  const text = unit === 0 || size >= 99.95 ? size.toFixed(0) : size.toFixed(1);
  return `${text} ${UNITS[unit]}`;
}
