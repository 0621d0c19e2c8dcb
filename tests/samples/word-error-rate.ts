/**
 * The share of the words said that were heard wrong, missed or made up: the edit distance between the
 * two texts in words, by the number of words said.
 */
export function wordErrorRate(said: string, heard: string): number {
  const [wanted, got] = [readWords(said), readWords(heard)];
  let above = got.map((_, index) => index + 1);
  above.unshift(0);
  for (const [row, word] of wanted.entries()) {
    const current = [row + 1];
    for (const [column, other] of got.entries()) {
      const substituted = (above[column] ?? 0) + (word === other ? 0 : 1);
      const missed = (above[column + 1] ?? 0) + 1;
      const added = (current[column] ?? 0) + 1;
      current.push(Math.min(substituted, missed, added));
    }
    above = current;
  }
  return (above.at(-1) ?? 0) / wanted.length;
}

function readWords(text: string): string[] {
  return text.toLowerCase().match(/[a-z']+/g) ?? [];
}
