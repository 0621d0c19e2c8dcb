import { useId } from "preact/hooks";

export interface NameFieldProps {
  readonly name: string;
  /** Names that functions listen to: offered, not demanded. */
  readonly names: readonly string[];
  readonly problem: string | undefined;
  readonly onName: (name: string) => void;
}

const OFFERED_MAX = 12;

export function NameField({ name, names, problem, onName }: NameFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>Event name</label>
      <input
        id={id}
        type="text"
        class="code"
        list={`${id}-names`}
        value={name}
        placeholder="pipeline/video.download"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-problem`}
        onInput={(event) => onName(event.currentTarget.value)}
      />
      <datalist id={`${id}-names`}>
        {names.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <p id={`${id}-problem`} class="problem" aria-live="polite">
        {problem}
      </p>
      {name === "" && names.length > 0 && (
        <fieldset class="offered">
          <legend class="quiet">Functions listen to</legend>
          {names.slice(0, OFFERED_MAX).map((one) => (
            <button key={one} type="button" class="tag" onClick={() => onName(one)}>
              {one}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}
