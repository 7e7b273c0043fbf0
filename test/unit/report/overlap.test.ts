import { expect, test } from "vitest";
import { runText } from "../../../src/report/run-text.ts";
import { runStory, started } from "../../rig/run-story.ts";

test("a run's text tells while agents work who is changing the same lines", () => {
  const story = runStory([{ id: "up" }, { id: "down" }], { executor: "command" }).at(
    1,
    started("up", "agent-1"),
    started("down", "agent-2"),
    {
      type: "overlap.warned",
      conflict: {
        id: "l1",
        type: "file-level",
        severity: "medium",
        agents: ["agent-1", "agent-2"],
        tasks: ["up", "down"],
        description: "'up' and 'down' change the same or adjoining lines of a.txt.",
        affectedResources: ["a.txt"],
        detectionMethod: "live",
        locations: [
          { file: "a.txt", startLine: 2, endLine: 2, agentId: "agent-1" },
          { file: "a.txt", startLine: 3, endLine: 3, agentId: "agent-2" },
        ],
        confidence: 1,
        resolutionOptions: [],
      },
    },
  );
  const text = runText(story.view(), { nowMs: 2 });
  expect(text).toContain("OVERLAP (1)");
  expect(text).toMatch(/'up' and 'down' change the same[^]*agent-1\s+L2-2, agent-2\s+L3-3/);
});
