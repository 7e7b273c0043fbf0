import type { RunEvent, RunSpec } from "../../../schema/event.ts";
import type { Command } from "../../scheduling/command.ts";
import { initialState } from "../../scheduling/run-state.ts";
import { transition } from "../../scheduling/transition.ts";

/** What a run's scheduler offered to the merge, by playing its events again; undefined when it never came to that. */
export function runOffer(spec: RunSpec, events: Iterable<RunEvent>): (Command & { type: "merge" }) | undefined {
  let state = initialState(spec);
  for (const event of events) {
    const [next, commands] = transition(state, event);
    state = next;
    for (const command of commands) if (command.type === "merge") return command;
  }
  return undefined;
}
