/** Asks the person at the client whether commands of a call may run, where no configuration allows them. */
import { inputRequired, type InputRequiredResult } from "@modelcontextprotocol/server";
import * as z from "zod";
import { CommandsNotAllowed } from "../engines/coordination/preparation/check-commands.ts";
import { sanitise } from "../report/text-layout.ts";
import type { ProblemError } from "../schema/problem.ts";

/** More commands than these, or longer ones, nobody reads before agreeing; they stay refused. */
const MAX_COMMANDS = 20;
const MAX_CHARACTERS = 2_000;

const FORM = "commands";
const YES = "Run them";
const NO = "Do not run them";

/** What a call that was interrupted for an approval remembers. It passes through the client, never through the model. */
const stateSchema = z.object({ commandsAsked: z.array(z.string().max(MAX_CHARACTERS)).min(1).max(MAX_COMMANDS) });

const agreedSchema = z.object({ action: z.literal("accept"), content: z.object({ answer: z.literal(YES) }) });

/**
 * Interrupts a call that was refused because of its commands, to show them to the person, whole and as they are.
 * Undefined for other refusals, and where a person could not see everything that they would agree to.
 */
export function askApproval(refused: ProblemError): InputRequiredResult | undefined {
  if (!(refused instanceof CommandsNotAllowed)) return undefined;
  const { commands } = refused;
  const characters = commands.reduce((sum, command) => sum + command.length, 0);
  if (commands.length > MAX_COMMANDS || characters > MAX_CHARACTERS) return undefined;
  if (commands.some((command) => sanitise(command) !== command)) return undefined;
  const message = [
    "The tasks want to run these programs on this machine, with your rights:",
    ...commands.map((command) => `  ${command}`),
    "May they run in this one call?",
  ].join("\n");
  const form = inputRequired.elicit({
    mode: "form",
    message,
    requestedSchema: {
      type: "object",
      properties: { answer: { type: "string", title: "Answer", enum: [NO, YES] } },
      required: ["answer"],
    },
  });
  const state: z.input<typeof stateSchema> = { commandsAsked: [...commands] };
  return inputRequired({ inputRequests: { [FORM]: form }, requestState: JSON.stringify(state) });
}

/** The commands that the person has approved; none if they declined, undefined if they were not asked. */
export function approvedCommands(
  state: unknown,
  responses: Readonly<Record<string, unknown>> | undefined,
): readonly string[] | undefined {
  if (typeof state !== "string" || state.length > 10 * MAX_CHARACTERS) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(state);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const asked = stateSchema.safeParse(parsed);
  if (!asked.success) return undefined;
  return agreedSchema.safeParse(responses?.[FORM]).success ? asked.data.commandsAsked : [];
}
