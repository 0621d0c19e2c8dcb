/** The targets of a page's links and pictures; code is not looked at. */
export function readLinks(markdown: string): string[] {
  const links = withoutCode(markdown).matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g);
  return [...links].map((match) => match[1] ?? "");
}

/** The anchors that GitHub gives a page's headings. */
export function headingAnchors(markdown: string): string[] {
  const headings = withoutFences(markdown).matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm);
  const countByAnchor = new Map<string, number>();
  return [...headings].map((match) => {
    const anchor = toAnchor(match[1] ?? "");
    const count = countByAnchor.get(anchor) ?? 0;
    countByAnchor.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}

function toAnchor(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}

function withoutCode(markdown: string): string {
  return withoutFences(markdown).replace(/`[^`\n]*`/g, "");
}

function withoutFences(markdown: string): string {
  return markdown.replace(/^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1\s*$/gm, "");
}
