import type { ImplicitDependency, WireGraph } from "../schema/graph.ts";
import { countText } from "./duration-text.ts";
import { layOut } from "./text-block.ts";
import { sanitise, shortLabels, wrap } from "./text-layout.ts";

/** A dependency graph as create_dependency_graph gives it. */
export interface GraphResult {
  readonly graph: WireGraph;
  readonly implicitDependencies: readonly ImplicitDependency[];
  readonly hasCycles: boolean;
  readonly cycles?: readonly (readonly string[])[];
}

/** A dependency graph in at most 40 lines of 76 columns, level by level. */
export function graphSummary(result: GraphResult): string {
  const nodes = Object.values(result.graph.nodes);
  const label = shortLabels(
    nodes.map((node) => node.id),
    22,
  );
  const levels: string[][] = [];
  for (const node of nodes) (levels[node.level] ??= []).push(label(node.id));
  const counts = `${countText(nodes.length, "task")}, ${result.graph.edges.length} dependencies`;
  const found = result.implicitDependencies.map((edge) => {
    const left = edge.stated ? "stated unclearly, not used" : "only a hint";
    const used = edge.applied ? "used" : left;
    return wrap(`${label(edge.from)} → ${label(edge.to)} (${used}): ${edge.reasoning}`, {
      first: "  ",
      rest: "    ",
      lines: 2,
    });
  });
  return layOut({
    head: [result.hasCycles ? `CYCLE · ${counts}` : `ORDERED · ${counts}, ${countText(levels.length, "level")}`],
    sections: [
      {
        heading: "CYCLES - take one dependency out of each",
        items: (result.cycles ?? []).map((cycle) => wrap(cycle.map(sanitise).join(" → "), { first: "  ", lines: 3 })),
      },
      {
        heading: "LEVELS",
        items: result.hasCycles
          ? []
          : Array.from(levels, (ids, level) =>
              wrap((ids ?? []).slice(0, 40).join(", "), { first: `  ${level + 1}. `, rest: "     ", lines: 4 }),
            ),
      },
      { heading: "FOUND IN THE TEXTS", items: found },
    ],
    tail: [],
  });
}
