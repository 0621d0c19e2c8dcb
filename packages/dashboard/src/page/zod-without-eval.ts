// Imported before everything else, for its effect: zod tries `new Function` once when the first
// schema is made, and the page's policy forbids that, which browsers report as a violation.

import { config } from "zod";

config({ jitless: true });
