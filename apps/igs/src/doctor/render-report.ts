import type { Paint } from "../output/paint.ts";
import type { Finding, Report } from "./examine.ts";

/** What is wrong first; what is well in one line, or with `isVerbose` in one line each. */
export function renderReport(report: Report, isVerbose: boolean, paint: Paint): string {
  const { findings, unchecked } = report;
  const blocks = [
    ...findings.map((finding) => renderFinding(finding, paint)),
    ...(unchecked.length === 0 ? [] : [renderUnchecked(unchecked, paint)]),
    renderWell(report, isVerbose, paint),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

function renderFinding({ id, severity, problem, why, cure, hint }: Finding, paint: Paint): string {
  const sign = severity === "fault" ? paint.bad(`✗ ${id}`) : paint.pending(`! ${id}`);
  const lines = [`${sign}  ${problem}`, `  ${paint.faint(why)}`, `  ${paint.strong(cure)}`];
  return [...lines, ...(hint === undefined ? [] : [`  ${hint}`])].join("\n");
}

function renderUnchecked(unchecked: Report["unchecked"], paint: Paint): string {
  // One engine that is down keeps several from being checked: that is told once.
  const byReason = Map.groupBy(unchecked, ({ reason }) => reason);
  return [...byReason]
    .map(([reason, group]) => {
      const ids = group.map(({ id }) => id).join(", ");
      return `${paint.pending(`? ${ids}`)}  not checked: ${reason}`;
    })
    .join("\n");
}

function renderWell({ well, unused }: Report, isVerbose: boolean, paint: Paint): string {
  if (isVerbose) {
    return [
      ...well.map(({ id, said }) => `${paint.good(`✓ ${id}`)}  ${said}`),
      ...unused.map(({ id, said }) => paint.faint(`- ${id}  ${said}`)),
    ].join("\n");
  }
  const thing = well.length === 1 ? "1 thing is well" : `${well.length} things are well`;
  const rest = unused.length === 0 ? "" : paint.faint(`, ${unused.length} not in use`);
  return well.length + unused.length === 0 ? "" : `${paint.good("✓")} ${thing}${rest}`;
}
