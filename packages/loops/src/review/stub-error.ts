/** What a stub throws begins with this. */
export const STUB_ERROR = "not implemented (stub)";
