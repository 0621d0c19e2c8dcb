import type { RunStep, SpanMetadata } from "@system-bus/inngest-api";

/** What models took, as far as it was told. */
export interface ModelUse {
  /** The model that answered, or that was asked; empty where several did, or none is named. */
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars by list prices; undefined where no price is known for any of it. */
  readonly costDollars: number | undefined;
}

const AI_KIND = "inngest.ai";

/** Null for metadata that tells no tokens. */
export function readModelUse({ kind, values }: SpanMetadata): ModelUse | null {
  const inputTokens = countOf(values["input_tokens"]);
  const outputTokens = countOf(values["output_tokens"]);
  if (kind !== AI_KIND || (inputTokens === undefined && outputTokens === undefined)) return null;
  const { response_model: answered, request_model: asked, estimated_cost: cost } = values;
  return {
    model: [answered, asked].find((name) => typeof name === "string") ?? "",
    inputTokens: inputTokens ?? 0,
    outputTokens: outputTokens ?? 0,
    costDollars: countOf(cost),
  };
}

/** Of all attempts of a run's steps, failed ones as well: they were paid for, too. Null for none. */
export function sumModelUse(steps: readonly RunStep[]): ModelUse | null {
  const uses = steps
    .flatMap(({ attempts }) => attempts)
    .flatMap(({ metadata }) => metadata.map(readModelUse))
    .filter((use) => use !== null);
  if (uses.length === 0) return null;
  const costs = uses.map(({ costDollars }) => costDollars).filter((cost) => cost !== undefined);
  const models = new Set(uses.map(({ model }) => model));
  return {
    model: models.size === 1 ? (uses[0]?.model ?? "") : "",
    inputTokens: sum(uses.map((use) => use.inputTokens)),
    outputTokens: sum(uses.map((use) => use.outputTokens)),
    costDollars: costs.length === 0 ? undefined : sum(costs),
  };
}

/** `1,234 tokens in, 56 out, about $0.0012`. */
export function modelUseText({ inputTokens, outputTokens, costDollars }: ModelUse): string {
  const count = (tokens: number) => tokens.toLocaleString("en");
  const tokens = `${count(inputTokens)} tokens in, ${count(outputTokens)} out`;
  return costDollars === undefined ? tokens : `${tokens}, about $${dollarText(costDollars)}`;
}

/** Two digits that count, and cents at least. */
function dollarText(dollars: number): string {
  if (dollars >= 0.1 || dollars === 0) return dollars.toFixed(2);
  return Number(dollars.toPrecision(2)).toFixed(Math.min(12, 1 - Math.floor(Math.log10(dollars))));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function countOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}
