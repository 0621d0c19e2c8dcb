const SLUG_BYTES_MAX = 120;

/**
 * The file name of a note, without its ending: letters and digits of any script, lower case, joined
 * by dashes. Obsidian links and every file system that we meet take them; anything that could mean a
 * path (`../`, `/`, a leading dot) is gone. A title without any letter or digit gives `fallback`.
 *
 * The limit is in bytes, because file systems count bytes (255) and `-2.md` or a temporary name's
 * ending still have to fit.
 */
export function slugOf(title: string, fallback: string): string {
  return slugOrEmpty(title) || slugOrEmpty(fallback) || "untitled";
}

function slugOrEmpty(text: string): string {
  const words =
    withoutLatinAccents(text)
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return cutToBytes(words.join("-"), SLUG_BYTES_MAX);
}

/** "Café" becomes "Cafe"; marks of other scripts carry meaning (が is not か) and stay. */
function withoutLatinAccents(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/(\p{Script=Latin})\p{M}+/gu, "$1")
    .replace(/['’ʼ]/g, "")
    .normalize("NFKC");
}

function cutToBytes(slug: string, bytesMax: number): string {
  let cut = "";
  let bytes = 0;
  for (const character of slug) {
    bytes += Buffer.byteLength(character);
    if (bytes > bytesMax) break;
    cut += character;
  }
  return cut.replace(/-+$/, "");
}
