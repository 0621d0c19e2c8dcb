import { describe, expect, test } from "bun:test";
import { readExposition } from "../../testing/exposition.ts";
import { MetricsRegistry } from "./registry.ts";

const render = (build: (registry: MetricsRegistry) => void) => {
  const registry = new MetricsRegistry();
  build(registry);
  return registry.render();
};

describe("an exposition", () => {
  test("has each metric with its help, its type and its samples", () => {
    const text = render((registry) => {
      registry.counter("events_total", "Events").add(3);
      registry.gauge("age_seconds", "Age", () => 0.25);
      const runs = registry.counterBy("runs_total", "Runs", ["function", "status"]);
      runs.add("app-f", "FAILED");
      runs.add("app-f", "FAILED");
      runs.add("app-f", "COMPLETED");
    });
    expect(text).toBe(
      [
        "# HELP events_total Events",
        "# TYPE events_total counter",
        "events_total 3",
        "# HELP age_seconds Age",
        "# TYPE age_seconds gauge",
        "age_seconds 0.25",
        "# HELP runs_total Runs",
        "# TYPE runs_total counter",
        'runs_total{function="app-f",status="FAILED"} 2',
        'runs_total{function="app-f",status="COMPLETED"} 1',
        "",
      ].join("\n"),
    );
  });

  test("escapes what names of functions may hold", () => {
    const text = render((registry) => {
      registry.counterBy("runs_total", "A \\ and\nmore", ["function"]).add('a"b\\c\nd{},é');
    });
    expect(text).toContain("# HELP runs_total A \\\\ and\\nmore\n");
    expect(text).toContain('runs_total{function="a\\"b\\\\c\\nd{},é"} 1\n');
    expect(readExposition(text).size).toBe(1);
  });

  test("counts a value in the bucket whose bound it reaches, and sums them up", () => {
    const text = render((registry) => {
      const seconds = registry.histogram("call_seconds", "Calls", [0.5, 1]);
      for (const value of [0.25, 0.5, 0.75, 4]) seconds.observe(value);
    });
    expect([...(readExposition(text).get("call_seconds")?.samples ?? [])]).toEqual([
      ['call_seconds_bucket{le="0.5"}', 2],
      ['call_seconds_bucket{le="1"}', 3],
      ['call_seconds_bucket{le="+Inf"}', 4],
      ["call_seconds_sum", 5.5],
      ["call_seconds_count", 4],
    ]);
  });

  test("tells five hundred values of a label apart, and counts the rest together", () => {
    const text = render((registry) => {
      const runs = registry.counterBy("runs_total", "Runs", ["function"]);
      for (let i = 0; i < 600; i += 1) runs.add(`f${i}`);
    });
    const samples = readExposition(text).get("runs_total")?.samples;
    expect(samples?.size).toBe(501);
    expect(samples?.get('runs_total{function="other"}')).toBe(100);
  });

  test("looks up a gauge when somebody asks, and what several share once", () => {
    const registry = new MetricsRegistry();
    let lookUps = 0;
    registry.beforeRender(() => (lookUps += 1));
    registry.gauge("a", "A", () => lookUps);
    registry.gauge("b", "B", () => lookUps);
    expect(registry.render()).toContain("a 1\n");
    expect(registry.render()).toContain("b 2\n");
  });
});

describe("the strict reader refuses", () => {
  const head = "# HELP a_total A\n# TYPE a_total counter\n";
  test.each([
    ["no end of line", `${head}a_total 1`],
    ["no help", "# TYPE a_total counter\na_total 1\n"],
    ["a family twice", `${head}a_total 1\n${head}a_total 1\n`],
    ["a sample twice", `${head}a_total 1\na_total 1\n`],
    ["a stranger among the samples", `${head}b_total 1\n`],
    ["a value that is no number", `${head}a_total undefined\n`],
    ["a label that is not escaped", `${head}a_total{f="a"b"} 1\n`],
    ["a counter that is not named like one", "# HELP a A\n# TYPE a counter\na 1\n"],
    [
      "a histogram that shrinks",
      '# HELP h H\n# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
    ],
  ])("%s", (_, text) => {
    expect(() => readExposition(text)).toThrow();
  });
});
