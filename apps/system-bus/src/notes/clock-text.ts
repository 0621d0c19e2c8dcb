function split(seconds: number): { hours: number; minutes: string; seconds: string } {
  const whole = Math.max(0, Math.floor(seconds));
  return {
    hours: Math.floor(whole / 3600),
    minutes: String(Math.floor(whole / 60) % 60).padStart(2, "0"),
    seconds: String(whole % 60).padStart(2, "0"),
  };
}

/** A length, as frontmatter and lists show it: `HH:MM:SS`. */
export function durationText(seconds: number): string {
  const parts = split(Math.round(seconds));
  return `${String(parts.hours).padStart(2, "0")}:${parts.minutes}:${parts.seconds}`;
}

/** A place in a recording: `h:mm:ss`. Never rounds up, or a mark would point past its sentence. */
export function timestampText(seconds: number): string {
  const parts = split(seconds);
  return `${parts.hours}:${parts.minutes}:${parts.seconds}`;
}

/** The calendar day in the machine's time zone, because a diary follows the person's day. */
export function localDay(moment: Date): string {
  const month = String(moment.getMonth() + 1).padStart(2, "0");
  return `${moment.getFullYear()}-${month}-${String(moment.getDate()).padStart(2, "0")}`;
}
