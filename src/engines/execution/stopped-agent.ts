import type { AgentError } from "../../schema/outcome.ts";
import type { StopReason } from "./executor.ts";

/** What is said of an agent that was stopped from outside, whatever kind it is. */
export function stoppedAgent(reason: StopReason): AgentError {
  switch (reason) {
    case "timeout":
      return {
        name: "Timeout",
        message: "The task took longer than its time limit; what it had done until then is kept.",
        retryable: true,
        options: ["Give the task more time (timeoutMinutes)", "Split the task into smaller ones", "Retry the task"],
      };
    case "cancelled":
      return {
        name: "Cancelled",
        message: "The task was cancelled; what it had done until then is kept.",
        retryable: false,
        options: ["Run the task again", "Keep what is there"],
      };
    case "shutdown":
      return {
        name: "Cancelled",
        message: "The server ended while the task was running.",
        retryable: true,
        options: ["Run the task again"],
      };
  }
}
