import type { AgentName } from "@system-bus/agents";
import { timestampText } from "../notes/clock-text.ts";
import { oneLine, oneMarkdownLine } from "../notes/plain-text.ts";
import type { FoundQuote } from "./find-quote.ts";
import type { Summary } from "./summary.ts";

export type SummarySource = AgentName | "model" | "extractive";

export interface RenderedSummary {
  readonly by: SummarySource;
  readonly model: string | undefined;
  readonly summary: Omit<Summary, "quotes">;
  /** Only those that the transcript has. */
  readonly quotes: readonly FoundQuote[];
  /** Why it was made this way, when another was wished for. */
  readonly remark?: string | undefined;
}

/** The text between the marks. */
export function renderSummary({ by, model, summary, quotes, remark }: RenderedSummary): string {
  const sections = [
    ["## Executive Summary", "", paragraphs(summary.executiveSummary)],
    [
      "## Key Points",
      "",
      ...summary.keyPoints.map((point) => `- ${withoutBullet(oneLine(point))}`),
    ],
    [
      "## Speaker Context",
      "",
      paragraphs(summary.speakerContext ?? "") || "*Nothing is known about the speaker.*",
    ],
    quotes.length === 0
      ? []
      : [
          "## Quotes",
          "",
          quotes
            .map(({ text, at }) => `> “${oneMarkdownLine(text)}” **[${timestampText(at)}]**`)
            .join("\n\n"),
        ],
    [provenance(by, model, summary.research), ...(remark ? [`*${oneMarkdownLine(remark)}*`] : [])],
  ];
  return sections
    .filter((section) => section.length > 0)
    .map((section) => section.join("\n"))
    .join("\n\n");
}

const EXTRACTIVE =
  "*Extractive summary: sentences of the transcript, chosen by counting words. No model has read it.*";

function provenance(
  by: SummarySource,
  model: string | undefined,
  research: Summary["research"],
): string {
  if (by === "extractive") return EXTRACTIVE;
  const who = `${by === "model" ? "a model" : by}${model ? ` (${oneMarkdownLine(model)})` : ""}`;
  const pages = research.filter(({ url }) => /^https?:\/\//i.test(url) && URL.canParse(url));
  if (pages.length === 0) return `*Summary by ${who}. Research: none.*`;
  const links = pages.map(
    ({ title, url }) => `- [${oneMarkdownLine(title) || url}](<${new URL(url).href}>)`,
  );
  return [`*Summary by ${who}. Research:*`, "", ...links].join("\n");
}

/** Who wrote what stands between the marks; null when nobody has yet, or a person wrote it anew. */
export function summarySourceOf(summary: string): SummarySource | null {
  if (summary.includes(EXTRACTIVE)) return "extractive";
  const [, who] = /^\*Summary by (pi|codex|claude|a model)\b/m.exec(summary) ?? [];
  if (!who) return null;
  // The pattern lets nothing else through.
  return who === "a model" ? "model" : (who as AgentName);
}

/** Keeps paragraphs, and takes the sting out of headings: the sections are ours. */
function paragraphs(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .split(/\n{2,}/)
    .map((paragraph) =>
      paragraph
        .split("\n")
        .map((line) => line.replace(/^\s*#{1,6}\s+/, "").trimEnd())
        .join("\n")
        .trim(),
    )
    .filter((paragraph) => paragraph !== "")
    .join("\n\n");
}

function withoutBullet(line: string): string {
  return line.replace(/^[-*•]\s+/, "");
}
