import type { Prd } from "@system-bus/loops";
import type { Paint } from "../output/paint.ts";
import { plainCopy } from "../output/plain-text.ts";

/** A PRD as a person reads it before they say yes. */
export function renderPrd(written: Prd, paint: Paint): string {
  const prd = plainCopy(written);
  const checks = (prd.checks ?? []).map((command) => command.join(" "));
  return [
    paint.strong(prd.title),
    prd.description,
    ...(checks.length === 0 ? [] : [`checks: ${checks.join("; ")}`]),
    ...prd.stories.flatMap((story) => [
      "",
      `${paint.strong(story.id)}  ${story.title}${story.depends_on?.length ? paint.faint(`  after ${story.depends_on.join(", ")}`) : ""}`,
      `  ${story.description.replaceAll("\n", "\n  ")}`,
      ...story.acceptance_criteria.map(
        (criterion) => `  - ${criterion.replaceAll("\n", "\n    ")}`,
      ),
      ...(story.interface === undefined
        ? []
        : [paint.faint(`  ${story.interface.replaceAll("\n", "\n  ")}`)]),
    ]),
  ].join("\n");
}
