import type { ComponentChildren } from "preact";

export interface EmptyStateProps {
  readonly title: string;
  /** What to do about it. */
  readonly children: ComponentChildren;
}

export function EmptyState({ title, children }: EmptyStateProps) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}
