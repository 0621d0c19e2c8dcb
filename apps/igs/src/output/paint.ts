import { styleText } from "node:util";

type Style = (text: string) => string;

/** Colours with a meaning; without colour every one of them returns the text as it is. */
export interface Paint {
  readonly good: Style;
  readonly bad: Style;
  readonly pending: Style;
  readonly faint: Style;
  readonly strong: Style;
}

const plain: Style = (text) => text;

export const plainPaint: Paint = {
  good: plain,
  bad: plain,
  pending: plain,
  faint: plain,
  strong: plain,
};

export function createPaint(isColoured: boolean): Paint {
  if (!isColoured) return plainPaint;
  const style = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    styleText(format, text, { validateStream: false });
  return {
    good: style("green"),
    bad: style("red"),
    pending: style("yellow"),
    faint: style("dim"),
    strong: style("bold"),
  };
}

/** The rules of no-color.org and force-color.org; a dumb terminal gets none. */
export function mayColour(env: Record<string, string | undefined>, isTerminal: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR && env.FORCE_COLOR !== "0") return true;
  return isTerminal && env.TERM !== "dumb";
}
