export const STATUS_ACTION = {
  command: "igs daemon status",
  description: "Whether it runs, and since when",
} as const;

export const LOGS_ACTION = {
  command: "igs daemon logs -f",
  description: "What engine and worker say",
} as const;

export const INSTALL_ACTION = {
  command: "igs daemon install",
  description: "Keep engine and worker running, over reboots as well",
} as const;
