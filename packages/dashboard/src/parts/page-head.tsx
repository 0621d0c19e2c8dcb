import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

export interface PageHeadProps {
  readonly title: string;
  /** Beside the title, such as a status. */
  readonly mark?: ComponentChildren;
  /** Where this page lies: its area's name and address. */
  readonly within?: { readonly name: string; readonly address: string };
  /** Buttons on the right. */
  readonly children?: ComponentChildren;
}

/** The one h1 of a page. It takes the focus on a new page, so that a screen reader begins there. */
export function PageHead({ title, mark, within, children }: PageHeadProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · System Bus`;
  }, [title]);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div class="page-head">
      <div class="page-title">
        {within && (
          <p class="within">
            <a href={within.address}>{within.name}</a>
          </p>
        )}
        <h1 ref={heading} tabIndex={-1}>
          <span class="page-name">{title}</span>
          {mark}
        </h1>
      </div>
      {children && <div class="page-actions">{children}</div>}
    </div>
  );
}
