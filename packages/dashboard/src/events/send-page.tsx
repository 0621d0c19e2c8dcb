import { useSignal } from "@preact/signals";
import type { EventToSend } from "@system-bus/inngest-api";
import { useEffect } from "preact/hooks";
import { useEngine } from "../engine/engine.ts";
import { useAction } from "../engine/use-action.ts";
import { useFunctions } from "../functions/use-functions.ts";
import { FailureNote } from "../parts/failure-note.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { navigate } from "../routing/navigation.ts";
import { eventPath, eventsPath } from "../routing/route.ts";
import { EMPTY_DRAFT, type EventDraft, readDraft } from "./event-draft.ts";
import { sendableNames } from "./event-names.ts";
import { SendForm } from "./send-form.tsx";

export function SendPage({ search }: { readonly search: string }) {
  const engine = useEngine();
  const action = useAction();
  const registered = useFunctions().value.value;
  const parameters = new URLSearchParams(search);
  const draft = useSignal<EventDraft>({ ...EMPTY_DRAFT, name: parameters.get("name") ?? "" });
  const fromId = parameters.get("from");

  useEffect(() => {
    if (fromId !== null) void action.start(() => fillFrom(fromId));
  }, [fromId]);

  const fillFrom = async (eventId: string) => {
    const { name, data } = await engine.getEvent(eventId);
    draft.value = { ...EMPTY_DRAFT, name, dataText: JSON.stringify(data, null, 2) };
  };
  const fillFromLast = async (name: string) => {
    const { items } = await engine.listEvents({ name, limit: 1 });
    const data = items.find((event) => event.name === name)?.data;
    if (!data) throw new Error(`No ${name} has been sent yet.`);
    draft.value = { ...draft.value, dataText: JSON.stringify(data, null, 2) };
  };
  const send = (event: EventToSend) =>
    action.start(async () => navigate(eventPath(await engine.sendEvent(event))));

  return (
    <>
      <PageHead title="Send an event" within={{ name: "Events", address: eventsPath() }} />
      <FailureNote failure={action.failure.value} />
      <SendForm
        draft={draft.value}
        read={readDraft(draft.value)}
        functions={registered?.functions}
        names={sendableNames(registered?.functions ?? [])}
        isBusy={action.isBusy.value}
        onDraft={(changed) => {
          draft.value = changed;
        }}
        onFillFromLast={(name) => void action.start(() => fillFromLast(name))}
        onSend={(event) => void send(event)}
      />
    </>
  );
}
