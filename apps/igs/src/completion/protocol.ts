/** The first word of the command lines that the scripts of `igs completion` ask with. */
export const PROPOSALS_WORD = "__complete";

/** The line that has the shell complete names of files. */
export const FILES_LINE = ":files";
