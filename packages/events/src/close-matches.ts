/** More than this and a list of guesses helps nobody. */
const MATCH_COUNT_MAX = 3;

/** A guess may differ in two letters, or in a third of a long name. */
const DISTANCE_MIN = 2;
const DISTANCE_SHARE = 1 / 3;

/**
 * Which candidates a mistyped word may have meant, best first. A candidate that contains the word
 * whole counts as close, so that `video.download` finds `pipeline/video.download`.
 */
export function closeMatches(word: string, candidates: readonly string[]): readonly string[] {
  const wanted = word.toLowerCase();
  if (wanted === "") return [];
  return candidates
    .map((candidate) => ({ candidate, distance: distanceTo(wanted, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance !== null)
    .sort((a, b) => (a.distance ?? 0) - (b.distance ?? 0) || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, MATCH_COUNT_MAX)
    .map(({ candidate }) => candidate);
}

/** Null when the two have too little in common. */
function distanceTo(wanted: string, candidate: string): number | null {
  const distance = editDistance(wanted, candidate);
  const isClose = distance <= Math.max(DISTANCE_MIN, Math.floor(wanted.length * DISTANCE_SHARE));
  if (isClose && distance < Math.max(wanted.length, candidate.length)) return distance;
  return wanted.length >= 3 && candidate.includes(wanted) ? distance : null;
}

/** Letters to add, drop, change, or swap with their neighbour (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let twoRowsUp: number[] = [];
  let rowUp = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = at(rowUp, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? at(twoRowsUp, j - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(at(rowUp, j) + 1, at(row, j - 1) + 1, change, swap));
    }
    twoRowsUp = rowUp;
    rowUp = row;
  }
  return at(rowUp, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
