// Counts for Prometheus, in its text format 0.0.4. Of our own, because counting happens for every event and
// step: a count is a number in an object that its owner holds, nothing is looked up or allocated for it, and
// text is made only when somebody asks.

/** A number that only grows. */
export class Counter {
  value = 0;

  add(count = 1): void {
    this.value += count;
  }
}

/** Values of a label that are told apart; what comes after them is counted as `other`. */
const LABEL_VALUES_MAX = 500;
const OTHER = "other";

/** Counters by one label or two. The first may be as manifold as the functions are; the second is a word. */
export class CounterBy {
  readonly #byFirst = new Map<string, Map<string, Counter>>();

  add(first: string, second = ""): void {
    this.#getCounter(this.#getGroup(first), second).value += 1;
  }

  *samples(): Iterable<readonly [labelValues: readonly string[], value: number]> {
    for (const [first, group] of this.#byFirst) {
      for (const [second, { value }] of group) yield [[first, second], value];
    }
  }

  #getGroup(first: string): Map<string, Counter> {
    const known = this.#byFirst.get(first);
    if (known) return known;
    if (this.#byFirst.size >= LABEL_VALUES_MAX && first !== OTHER) return this.#getGroup(OTHER);
    const group = new Map<string, Counter>();
    this.#byFirst.set(first, group);
    return group;
  }

  #getCounter(group: Map<string, Counter>, second: string): Counter {
    const known = group.get(second);
    if (known) return known;
    const counter = new Counter();
    group.set(second, counter);
    return counter;
  }
}

export class Histogram {
  readonly #boundsMax: readonly number[];
  /** One more than there are bounds: what is above them all. */
  readonly #counts: number[];
  #sum = 0;

  /** The upper bounds of the buckets, ascending. */
  constructor(boundsMax: readonly number[]) {
    this.#boundsMax = boundsMax;
    this.#counts = new Array(boundsMax.length + 1).fill(0);
  }

  observe(value: number): void {
    let index = 0;
    for (const boundMax of this.#boundsMax) {
      if (value <= boundMax) break;
      index += 1;
    }
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#sum += value;
  }

  *lines(name: string): Iterable<string> {
    let count = 0;
    for (const [index, boundMax] of [...this.#boundsMax, Number.POSITIVE_INFINITY].entries()) {
      count += this.#counts[index] ?? 0;
      yield `${name}_bucket{le="${number(boundMax)}"} ${number(count)}`;
    }
    yield `${name}_sum ${number(this.#sum)}`;
    yield `${name}_count ${number(count)}`;
  }
}

type Samples = Iterable<readonly [labelValues: readonly string[], value: number]>;

interface Family {
  readonly name: string;
  readonly lines: () => Iterable<string>;
}

/** All that is counted, in the order in which it was named. */
export class MetricsRegistry {
  readonly #families: Family[] = [];
  readonly #beforeRender: (() => void)[] = [];

  counter(name: string, help: string): Counter {
    const counter = new Counter();
    this.#add(name, help, "counter", () => [`${name} ${number(counter.value)}`]);
    return counter;
  }

  counterBy(name: string, help: string, labels: readonly string[]): CounterBy {
    const counters = new CounterBy();
    this.#add(name, help, "counter", () => sampleLines(name, labels, counters.samples()));
    return counters;
  }

  histogram(name: string, help: string, boundsMax: readonly number[]): Histogram {
    const histogram = new Histogram(boundsMax);
    this.#add(name, help, "histogram", () => histogram.lines(name));
    return histogram;
  }

  /** A number that is looked up when somebody asks. */
  gauge(name: string, help: string, read: () => number): void {
    this.#add(name, help, "gauge", () => [`${name} ${number(read())}`]);
  }

  gaugeBy(name: string, help: string, labels: readonly string[], read: () => Samples): void {
    this.#add(name, help, "gauge", () => sampleLines(name, labels, read()));
  }

  /** As `gauge`, for what somebody else counts. */
  counterFrom(name: string, help: string, read: () => number): void {
    this.#add(name, help, "counter", () => [`${name} ${number(read())}`]);
  }

  /** For what several gauges are read from, looked up once for all of them. */
  beforeRender(lookUp: () => void): void {
    this.#beforeRender.push(lookUp);
  }

  render(): string {
    for (const lookUp of this.#beforeRender) lookUp();
    return this.#families.map(({ lines }) => `${[...lines()].join("\n")}\n`).join("");
  }

  #add(name: string, help: string, type: string, lines: () => Iterable<string>): void {
    const head = [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`];
    this.#families.push({ name, lines: () => [...head, ...lines()] });
  }
}

export const METRICS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

function* sampleLines(name: string, labels: readonly string[], samples: Samples): Iterable<string> {
  for (const [values, value] of samples) {
    const pairs = labels.map((label, index) => `${label}="${escapeLabel(values[index] ?? "")}"`);
    yield `${name}{${pairs.join(",")}} ${number(value)}`;
  }
}

function number(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
