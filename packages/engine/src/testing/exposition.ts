// Reads Prometheus' text format 0.0.4 more strictly than Prometheus does: what the format only recommends is
// demanded here, so that a test of an exposition fails on all that any reader could stumble over.

export interface MetricFamily {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  /** By the sample's text up to its value, such as `name{label="value"}`. */
  readonly samples: ReadonlyMap<string, number>;
}

interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

const HELP_LINE = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ((?:[^\\]|\\\\|\\n)+)$/;
const TYPE_LINE = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/;
const SAMPLE_LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.+)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,|$)/y;
const NUMBER = /^(?:NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

/** Throws with the line that breaks the format. */
export function readExposition(text: string): ReadonlyMap<string, MetricFamily> {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const lines = text.slice(0, -1).split("\n");
  const families = new Map<string, MetricFamily>();
  for (let index = 0; index < lines.length; ) {
    const [name, help] = match(HELP_LINE, lines[index]);
    const [typeName, type] = match(TYPE_LINE, lines[index + 1]);
    if (typeName !== name) throw new Error(`the TYPE of ${name} does not follow its HELP`);
    if (families.has(name)) throw new Error(`${name} comes twice`);
    index += 2;
    const samples: Sample[] = [];
    for (; index < lines.length && !lines[index]?.startsWith("#"); index += 1) {
      samples.push(readSample(lines[index] ?? ""));
    }
    // One of those that TYPE_LINE lists.
    const family = { type: type as MetricFamily["type"], help, samples: keyed(samples) };
    checkFamily(name, family.type, samples);
    families.set(name, family);
  }
  return families;
}

function match(pattern: RegExp, line: string | undefined): [string, string] {
  const [, first, second] = pattern.exec(line ?? "") ?? [];
  if (first === undefined || second === undefined) throw new Error(`not ${pattern}: ${line}`);
  return [first, second];
}

function readSample(line: string): Sample {
  const [, name, labelText, value] = SAMPLE_LINE.exec(line) ?? [];
  if (name === undefined || value === undefined || !NUMBER.test(value)) {
    throw new Error(`no sample: ${line}`);
  }
  const labels = new Map<string, string>();
  LABEL.lastIndex = 0;
  while (labelText !== undefined && LABEL.lastIndex < labelText.length) {
    const [, label, text] = LABEL.exec(labelText) ?? [];
    if (label === undefined || text === undefined) throw new Error(`bad labels: ${line}`);
    if (labels.has(label)) throw new Error(`label ${label} twice: ${line}`);
    labels.set(label, text);
  }
  return { name, labels, value: Number(value.replace("Inf", "Infinity")) };
}

function keyed(samples: readonly Sample[]): Map<string, number> {
  const byKey = new Map<string, number>();
  for (const { name, labels, value } of samples) {
    const pairs = [...labels].map(([label, text]) => `${label}="${text}"`).join(",");
    const key = pairs === "" ? name : `${name}{${pairs}}`;
    if (byKey.has(key)) throw new Error(`${key} comes twice`);
    byKey.set(key, value);
  }
  return byKey;
}

function checkFamily(name: string, type: string, samples: readonly Sample[]): void {
  if (type === "histogram") return checkHistogram(name, samples);
  if ((type === "counter") !== name.endsWith("_total")) {
    throw new Error(`${name}: counters end in _total, and nothing else does`);
  }
  for (const sample of samples) {
    if (sample.name !== name) throw new Error(`${sample.name} is among the samples of ${name}`);
    if (type === "counter" && !(sample.value >= 0)) throw new Error(`${name} is below zero`);
  }
}

/** One without labels of its own, as all of ours are. */
function checkHistogram(name: string, samples: readonly Sample[]): void {
  const [sum, count, ...others] = samples.filter((sample) => sample.name !== `${name}_bucket`);
  if (sum?.name !== `${name}_sum` || count?.name !== `${name}_count` || others.length > 0) {
    throw new Error(`${name} has not just one _sum and then one _count`);
  }
  let [boundMax, total] = [Number.NEGATIVE_INFINITY, 0];
  for (const { labels, value } of samples.filter((sample) => sample.name === `${name}_bucket`)) {
    const next = Number(labels.get("le")?.replace("+Inf", "Infinity"));
    if (!(next > boundMax) || value < total) throw new Error(`the buckets of ${name} do not grow`);
    [boundMax, total] = [next, value];
  }
  if (boundMax !== Number.POSITIVE_INFINITY || total !== count.value) {
    throw new Error(`${name} does not end with a bucket +Inf that holds its _count`);
  }
}
