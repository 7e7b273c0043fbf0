import type * as z from "zod";

/** An issue as a schema tells it. */
export type Issue = z.core.$ZodIssue;

/**
 * Of a value that fits none of several shapes, what is wrong with it in the shape that fits furthest; the issue itself
 * where every shape is refused at once.
 */
export function deepestIssue(issue: Issue): Issue {
  if (issue.code !== "invalid_union") return issue;
  const inner = issue.errors.flatMap((branch) => branch.slice(0, 1)).map(deepestIssue);
  const furthest = inner.toSorted((left, right) => right.path.length - left.path.length)[0];
  if (furthest === undefined || furthest.path.length === 0) return issue;
  return { ...furthest, path: [...issue.path, ...furthest.path] };
}
