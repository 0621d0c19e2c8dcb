import type { Prd, Story } from "../prd/read-prd.ts";
import type { PromptPart } from "./compose-prompt.ts";
import { listLines } from "./markdown.ts";

/** The story as all roles see it: what is wanted, by what it is judged, what it has to provide. */
export function storyParts(story: Story): readonly PromptPart[] {
  return [
    { heading: `Story ${story.id}: ${story.title}`, text: story.description, kind: "told" },
    {
      heading: "Acceptance criteria",
      text: listLines(story.acceptance_criteria, { isNumbered: true }),
      kind: "told",
    },
    { heading: "Interface that it has to provide", text: story.interface ?? "", kind: "told" },
  ];
}

/** What the story is a part of, and what others do. */
export function wholePart(prd: Prd, story: Story): PromptPart {
  const others = prd.stories.filter(({ id }) => id !== story.id);
  const list = others.map(({ id, title }) => `${id}: ${title}`);
  const alone = `${prd.title}\n\n${prd.description}`;
  return {
    heading: "What the story is a part of",
    text: list.length === 0 ? alone : `${alone}\n\nOther stories, not yours:\n\n${listLines(list)}`,
    kind: "told",
  };
}
