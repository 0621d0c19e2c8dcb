import type { ComponentChildren } from "preact";

export interface FactProps {
  readonly name: string;
  readonly children: ComponentChildren;
}

/** One line of a `<dl class="facts">`. */
export function Fact({ name, children }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
