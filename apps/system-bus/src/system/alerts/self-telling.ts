/** Checks of the bus: each raises an alert of its own when it fails, once and not each time. */
export const selfTellingChecks: readonly string[] = [
  "heartbeat",
  "trigger-audit",
  "function-health",
];
