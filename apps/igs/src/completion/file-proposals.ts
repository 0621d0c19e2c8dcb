/** What a script takes as "files fit here": no proposal of ours ends so. */
export const FILES_FIT = " files";

/** Of parameters that name a file or a folder: the shell knows best how to complete those. */
export function proposeFiles(partial: string): readonly string[] {
  // Stricli keeps only what begins with the word so far.
  return [`${partial}${FILES_FIT}`];
}
