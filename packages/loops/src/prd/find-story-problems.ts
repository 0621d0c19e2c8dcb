import { closeMatches, type DataProblem } from "@system-bus/events";

/**
 * What is wrong between the stories of a PRD: ids that are given twice, dependencies that lead nowhere
 * or round in a circle. It looks at what is there even where the schema has refused the rest, so that a
 * person hears of everything at once.
 */
export function findStoryProblems(prd: unknown): readonly DataProblem[] {
  const stories = readLinks(prd);
  return [
    ...findTwins(stories),
    ...stories.flatMap((story) => findLost(story, stories)),
    ...findCircles(stories),
  ];
}

interface StoryLinks {
  readonly index: number;
  readonly id: string;
  readonly dependsOn: readonly { readonly index: number; readonly id: string }[];
}

/** Twice of what the schema takes: what is more is refused anyway, and would only cost time. */
const STORIES_MAX = 200;

function readLinks(prd: unknown): readonly StoryLinks[] {
  const stories = listOf(fieldOf(prd, "stories")).slice(0, STORIES_MAX);
  return stories.flatMap((story, index) => {
    const id = fieldOf(story, "id");
    if (typeof id !== "string") return [];
    const dependsOn = listOf(fieldOf(story, "depends_on")).flatMap((one, at) =>
      typeof one === "string" ? [{ index: at, id: one }] : [],
    );
    return [{ index, id, dependsOn }];
  });
}

/** Ids are names of files, too, and not every file system tells capitals. */
function findTwins(stories: readonly StoryLinks[]): readonly DataProblem[] {
  return stories.flatMap(({ index, id }) => {
    const first = stories.find((other) => other.id.toLowerCase() === id.toLowerCase());
    if (first === undefined || first.index === index) return [];
    const hasSame = first.id === id;
    const message = hasSame
      ? `“${id}” is the id of stories[${first.index}] already`
      : `“${id}” differs from “${first.id}” of stories[${first.index}] in capitals alone`;
    return [{ path: `stories[${index}].id`, message }];
  });
}

function findLost(
  { index, dependsOn }: StoryLinks,
  stories: readonly StoryLinks[],
): readonly DataProblem[] {
  const ids = stories.map(({ id }) => id);
  return dependsOn
    .filter(({ id }) => !ids.includes(id))
    .map(({ index: at, id }) => {
      const [guess] = closeMatches(id, ids);
      const cure =
        guess === undefined ? `known are: ${ids.join(", ")}` : `did you mean “${guess}”?`;
      return {
        path: `stories[${index}].depends_on[${at}]`,
        message: `“${id}” is no story of this PRD; ${cure}`,
      };
    });
}

/** Each circle once, told at the dependency that closes it. */
function findCircles(stories: readonly StoryLinks[]): readonly DataProblem[] {
  const byId = new Map<string, StoryLinks>();
  for (const story of stories) if (!byId.has(story.id)) byId.set(story.id, story);
  const done = new Set<string>();
  const path: string[] = [];
  const problems: DataProblem[] = [];
  const visit = (story: StoryLinks): void => {
    path.push(story.id);
    for (const { index, id } of story.dependsOn) {
      const next = byId.get(id);
      if (next === undefined || done.has(id)) continue;
      if (!path.includes(id)) {
        visit(next);
        continue;
      }
      const circle = [...path.slice(path.indexOf(id)), id].join(" → ");
      problems.push({
        path: `stories[${story.index}].depends_on[${index}]`,
        message: `goes round in a circle: ${circle}`,
      });
    }
    path.pop();
    done.add(story.id);
  };
  for (const story of byId.values()) if (!done.has(story.id)) visit(story);
  return problems;
}

function fieldOf(value: unknown, field: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, field)) return undefined;
  return Reflect.get(value, field);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
