import { join } from "node:path";

/** The checkout that this file lies in: the worker and a `.env` are found from here. */
export const checkoutFolder = join(import.meta.dir, "../../..");
