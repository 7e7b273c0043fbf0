import type { ImplicitDependency } from "../../schema/graph.ts";
import type { RepositoryIndex } from "../../schema/repository-index.ts";
import { acyclicEdges } from "./graph/acyclic-edges.ts";
import { DependencyCandidates, type Candidate } from "./evidence/candidates.ts";
import {
  collectFiles,
  collectMentions,
  collectNamedFiles,
  collectSymbols,
  collectThings,
} from "./evidence/stated-evidence.ts";
import { meantPath } from "./evidence/meant-path.ts";
import { collectUsualOrder } from "./evidence/usual-evidence.ts";
import { collectStatedOrder } from "./stated/collect-stated.ts";
import { withoutRepeatedWays } from "./evidence/without-repeated-ways.ts";
import type { TaskGraph } from "./graph/task-graph.ts";
import { taskNames, type TaskNames } from "./stated/task-names.ts";

/** From this confidence on a dependency that was found is applied. */
const appliedFrom = 0.85;
const mostReportedUnapplied = 200;

/** What was found, all of it. */
export interface FoundDependencies {
  /** Those that are applied, surest first, then the others. */
  readonly dependencies: readonly ImplicitDependency[];
  /** Whether more was found than is kept in memory, so that order which texts state may be missing. */
  readonly leftOut: boolean;
}
/** Of more tasks only ordering words and declared files are looked at. */
const mostTasksRead = 5_000;
/** What one makes and another speaks of is looked for among this many. */
const mostTasksOfThings = 300;

/** What else is known of the tasks. */
export interface ImplicitContext {
  /** The whole work in a sentence. */
  readonly goal?: string | undefined;
  /** What is known of the repository that the tasks are about. */
  readonly repository?: RepositoryIndex | undefined;
}

/**
 * Finds dependencies that are in no list, each with its evidence quoted: a text that names another
 * task, its thing or all others behind words of order, a file that one task writes and another reads
 * or names, a thing that one task makes and another speaks of, and the usual order of everyday steps
 * and of the parts of software. Those of confidence 0.85 and more are applied, surest first, unless
 * they would close a cycle with the dependencies there are. Two tasks that write one file get no
 * order from it.
 */
export function findDependencies(graph: TaskGraph, context: ImplicitContext = {}): FoundDependencies {
  const candidates = new DependencyCandidates(graph);
  // Reading the names of many tasks takes long, and most texts have no ordering word at all.
  let known: TaskNames | undefined;
  const names = (): TaskNames => (known ??= taskNames(graph.tasks));
  collectMentions(graph.tasks, { candidates, names });
  collectFiles(graph.tasks, candidates);
  if (graph.count <= mostTasksRead) {
    collectStatedOrder(graph, { candidates, names });
    collectNamedFiles(graph.tasks, { candidates, resolve: meantPath(context.repository) });
    if (graph.count <= mostTasksOfThings) collectThings(graph.tasks, candidates);
    if (context.repository) collectSymbols(graph.tasks, { candidates, repository: context.repository });
  }
  collectUsualOrder(graph.tasks, { candidates, goal: context.goal });
  const edges = acyclicEdges(graph);
  const judged = candidates.surestFirst().map((candidate) => {
    const sure = candidate.confidence >= appliedFrom;
    const applied = sure && edges.tryAdd(candidate.from, candidate.to);
    return { candidate, applied, refused: sure && !applied };
  });
  const needless = withoutRepeatedWays(
    graph,
    judged.filter(({ applied }) => applied).map(({ candidate }) => candidate),
  );
  // All that is applied is in by now: what is usual is no hint against that, nor against a surer hint of its kind.
  const contradicted = ({ candidate, applied, refused }: (typeof judged)[number]): boolean =>
    candidate.usual === true && !applied && !refused && !edges.tryAdd(candidate.from, candidate.to);
  const kept = judged.filter((each) => !needless.has(each.candidate) && !contradicted(each));
  const found = kept.map(({ candidate, applied, refused }) => toDependency(graph, candidate, { applied, refused }));
  const [applied, others] = [true, false].map((side) => found.filter((dependency) => dependency.applied === side));
  return { dependencies: [...(applied ?? []), ...(others ?? [])], leftOut: candidates.leftOut };
}

/** What is told of them: those applied, and 200 of the others. */
export function toldDependencies(dependencies: readonly ImplicitDependency[]): ImplicitDependency[] {
  const applied = dependencies.filter((dependency) => dependency.applied);
  return [...applied, ...dependencies.filter((dependency) => !dependency.applied).slice(0, mostReportedUnapplied)];
}

/** What is told of the dependencies found. */
export function implicitDependencies(graph: TaskGraph, context: ImplicitContext = {}): ImplicitDependency[] {
  return toldDependencies(findDependencies(graph, context).dependencies);
}

function toDependency(
  graph: TaskGraph,
  candidate: Candidate,
  outcome: { readonly applied: boolean; readonly refused: boolean },
): ImplicitDependency {
  const refusal = outcome.refused ? "; not applied, because it would close a cycle" : "";
  return {
    from: graph.ids[candidate.from] as string,
    to: graph.ids[candidate.to] as string,
    confidence: candidate.confidence,
    reasoning: candidate.reasoning + refusal,
    evidence: candidate.evidence,
    applied: outcome.applied,
    ...(candidate.stated && { stated: true as const }),
  };
}
