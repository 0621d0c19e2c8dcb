const LOOK_MS = 500;

/** Tells, twice a second, by how much a timer came later than it was asked for. Returns what ends that. */
export function watchLoopLag(tell: (lagMs: number) => void): () => void {
  let askedAtMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    tell(Math.max(nowMs - askedAtMs - LOOK_MS, 0));
    askedAtMs = nowMs;
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
