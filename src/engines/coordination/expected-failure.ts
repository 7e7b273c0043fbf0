import { failed, ok, type Result } from "../../util/result.ts";
import { storageProblem } from "../isolation/storage-problem.ts";

/** Turns what a broken environment refuses, such as a full disk, into a reason; a bug stays a throw. */
export async function expected<Value>(what: string, work: () => Promise<Value>): Promise<Result<Value, string>> {
  try {
    return ok(await work());
  } catch (error) {
    const problem = storageProblem(error, what);
    if (problem === undefined) throw error;
    return failed(problem.error);
  }
}
