import { parseSync, Visitor, type CallExpression, type Expression } from "oxc-parser";

/**
 * The requirement ids that the titles of a test file's tests name at their end, as in `test("… (C4, C7)", …)`.
 *
 * Read from the text, so that a title counts even where the machine at hand skips the test. `test.skip` and
 * `test.todo` prove nothing and do not count; `test.each(…)(…)`, `test.skipIf(…)(…)` and names given to those do.
 */
export function citedRequirements(fileName: string, text: string): readonly string[] {
  const { program, errors } = parseSync(fileName, text);
  if (errors.length > 0) throw new Error(`${fileName}: ${errors[0]?.message ?? "cannot be parsed"}`);
  const testFunctions = new Set(["test", "it"]);
  const cited: string[] = [];
  new Visitor({
    VariableDeclarator({ id, init }) {
      if (id.type === "Identifier" && init && isTestFunction(init, testFunctions)) testFunctions.add(id.name);
    },
    CallExpression(call) {
      if (isTestFunction(call.callee, testFunctions)) cited.push(...idsIn(titleOf(call)));
    },
  }).visit(program);
  return cited;
}

/** Whether an expression is `test` or is made from it: `test.for(table)`, `test.skipIf(condition)`. */
function isTestFunction(expression: Expression, testFunctions: ReadonlySet<string>): boolean {
  switch (expression.type) {
    case "Identifier":
      return testFunctions.has(expression.name);
    case "CallExpression":
    case "TaggedTemplateExpression":
      return isTestFunction(expression.type === "CallExpression" ? expression.callee : expression.tag, testFunctions);
    case "MemberExpression": {
      const modifier = expression.property.type === "Identifier" ? expression.property.name : "";
      return modifier !== "skip" && modifier !== "todo" && isTestFunction(expression.object, testFunctions);
    }
    case "ConditionalExpression":
      return (
        isTestFunction(expression.consequent, testFunctions) || isTestFunction(expression.alternate, testFunctions)
      );
    default:
      return false;
  }
}

function titleOf(call: CallExpression): string {
  const title = call.arguments[0];
  if (title?.type === "Literal" && typeof title.value === "string") return title.value;
  if (title?.type === "TemplateLiteral") return title.quasis.map((part) => part.value.cooked ?? "").join("…");
  return "";
}

function idsIn(title: string): readonly string[] {
  const groups = title.match(/\([A-Z]\d+(?:, ?[A-Z]\d+)*\)/g) ?? [];
  return groups.flatMap((group) => group.slice(1, -1).split(/, ?/));
}
