export async function waitFor(what: string, look: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 300; turn += 1) {
    if (await look()) return;
    await Bun.sleep(10);
  }
  throw new Error(`waited in vain for ${what}`);
}

/** False for one that is dead and only waits for its parent to notice. */
export function isAlive(pid: number): boolean {
  const { stdout } = Bun.spawnSync(["ps", "-o", "stat=", "-p", String(pid)]);
  const state = stdout.toString().trim();
  return state !== "" && !state.startsWith("Z");
}
