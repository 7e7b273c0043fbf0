import type { Files } from "../../../ports/files.ts";
import type { CodeReader } from "../../../ports/code-reader.ts";
import type { Git } from "../../../ports/git.ts";
import type { ConflictReport } from "../../../schema/conflict.ts";
import { refuse } from "../../../schema/problem.ts";
import type { RefsInput } from "../../../schema/refs-input.ts";
import type { Isolation } from "../../isolation/isolation.ts";
import { compareHeads, type Head, type HeadsVerdict } from "../../merging/heads/compare-heads.ts";
import { meaningJudges } from "./meaning-of-results.ts";
import { resolveWorkspace, type Surroundings } from "../preparation/resolve-workspace.ts";
import type { CallOrigin } from "../runs/runs.ts";

/** What comes of comparing branches. */
export type RefsReport = ConflictReport & Omit<HeadsVerdict, "conflicts"> & { readonly workspace: string };

/** Compares branches of any repository. Refuses with a ProblemError; nothing is written in the repository. */
export type CompareRefs = (refs: RefsInput, origin: CallOrigin) => Promise<RefsReport>;

/** Opens the comparison of branches. */
export function refsComparison(world: {
  readonly git: Git;
  readonly files: Files;
  readonly isolation: Isolation;
  readonly surroundings: Surroundings;
  /** Reads code for the judgement of meaning; without it, only the text of branches is compared. */
  readonly code?: CodeReader;
}): CompareRefs {
  const { git, files, isolation, surroundings, code } = world;
  return async (refs, origin) => {
    const { path } = resolveWorkspace({ argument: refs.workspace, origin, surroundings });
    const names = checkNames(refs);
    const comparison = await isolation.openComparison(path);
    try {
      const { shadow, mergeSettings } = comparison;
      const commits = await comparison.resolve(names.map(({ ref }) => ref));
      const [target, ...heads] = names.map(({ field, ...name }, index): Head => {
        return { ...name, commit: commits[index] ?? refuseRef(name.ref, field) };
      });
      // Judges of their own for each call: what they keep lies in a repository that is removed afterwards.
      const judgeMeaning = code && meaningJudges(git, code)(shadow);
      const request = { git, files, shadow, target: target as Head, heads, mergeSettings, judgeMeaning };
      const { conflicts, ...verdict } = await compareHeads(request);
      const automatic = conflicts.every((conflict) => conflict.resolutionOptions[0]?.automatic === true);
      return {
        hasConflicts: conflicts.some((conflict) => conflict.severity !== "low"),
        conflicts,
        resolutionStrategy: automatic ? "auto" : "manual",
        ...verdict,
        workspace: path,
      };
    } finally {
      await comparison.close();
    }
  };
}

interface NamedRef {
  readonly agentId: string;
  readonly ref: string;
  readonly field: string;
}

/** The target first, then the heads; each with a name of its own. */
function checkNames({ base, heads }: RefsInput): readonly NamedRef[] {
  const given = heads.map(({ agentId, ref }, index) => ({
    agentId: agentId ?? ref,
    ref,
    field: `refs.heads[${index}]`,
  }));
  const names = [{ agentId: base, ref: base, field: "refs.base" }, ...given];
  const agents = new Set<string>();
  for (const { agentId, ref, field } of names) {
    if (ref.startsWith("-") || ref.includes("\0")) refuseRef(ref, field);
    if (agents.has(agentId)) {
      refuse({
        code: "INVALID_ARGUMENT",
        error: `'${agentId.slice(0, 80)}' is named twice; every branch is compared once, and every agent has one branch.`,
        field,
        advice: "Name each branch once, with an agentId of its own.",
      });
    }
    agents.add(agentId);
  }
  return names;
}

function refuseRef(ref: string, field: string): never {
  return refuse({
    code: "UNKNOWN_REF",
    error: `'${ref.slice(0, 80)}' is no branch, tag or commit of this repository.`,
    field: field === "refs.base" ? field : `${field}.ref`,
    example: "main",
    advice: "List them with git branch --all, and name one of them.",
  });
}
