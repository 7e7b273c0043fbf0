import * as z from "zod";

/** A command line: an argv array, or one string that is split into words without a shell. */
export const commandSchema = z.union([
  z.array(z.string()).min(1),
  z.string().min(1),
  z.object({ shell: z.string().min(1) }),
]);
