import { expect, test } from "bun:test";
import { withOpenedPages } from "./summarize-with-agent.ts";

test("a page counts as read only when its address went through a tool", () => {
  const page = (url: string) => ({ title: "t", url });
  const summary = {
    executiveSummary: "x",
    keyPoints: ["y"],
    speakerContext: null,
    quotes: [],
    research: [page("https://example.org/ada"), page("https://example.org/invented"), page("")],
  };
  const toolText = '{"command":"curl https://example.org/ada"}';
  expect(withOpenedPages(summary, toolText).research).toEqual([page("https://example.org/ada")]);
});
