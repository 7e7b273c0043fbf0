import * as z from "zod";
import { taskSchema } from "./task.ts";

/** A task of a phase: its id may be left out where it has a role, which then is its id. */
const phaseTaskSchema = taskSchema.partial({ id: true });

const phaseEntrySchema = z.union([z.string().min(1), phaseTaskSchema], {
  error: "a task, or the id or role of one, is expected",
});

/**
 * A phase: tasks, or the ids or roles of tasks given beside the phases, that wait for the phase before. As a list, or
 * as an object with a name.
 */
const phaseSchema = z.union(
  [
    z.array(phaseEntrySchema).min(1),
    z.object({ name: z.string().max(200).optional(), tasks: z.array(phaseEntrySchema).min(1) }),
  ],
  { error: "a phase is a list of tasks, or an object with tasks and a name" },
);

/** Phases in their order. */
export const phasesSchema = z.array(phaseSchema).min(1).max(200);

/** Phases in their order. */
export type PhasesInput = z.infer<typeof phasesSchema>;
