import type { AppFunction } from "@system-bus/inngest-api";
import { isSendable } from "../events/event-names.ts";
import { sendPath } from "../routing/route.ts";

/** What starts a function. An event's name leads to the page that sends it. */
export function TriggerList({ triggers }: Pick<AppFunction, "triggers">) {
  if (triggers.length === 0) return <span class="quiet">only invoked</span>;
  return (
    <ul class="triggers">
      {triggers.map(({ type, value }) => (
        <li key={`${type} ${value}`}>
          <span class="trigger-kind">{type === "CRON" ? "cron" : "event"}</span>
          {type === "EVENT" && isSendable(value) ? (
            <a class="tag" href={sendPath({ name: value })} title={`Send ${value}`}>
              {value}
            </a>
          ) : (
            <code class="tag">{value}</code>
          )}
        </li>
      ))}
    </ul>
  );
}
