/** For a process that its parent started and talks to: it ends when the parent is gone, however that went. */
export function endWithParent(): void {
  process.on("disconnect", () => process.exit(1));
}
