// What the sources say of the shapes that callers see: the fields of interfaces, with their types and the comments
// beside them, and of the types that are inferred from schemas.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "oxc-parser";
import { root } from "./ensure.mjs";
import { loadInferredTypes, typeText } from "./type-text.mjs";

/** Rooms whose types reach callers. */
const rooms = ["schema", "report", "engines/analysis", "engines/planning", "engines/progress"];

/** All shapes by name: `{ doc, fields: [{ name, optional, type, doc }] }`, or `{ doc, alias }` for what has no fields. */
export async function readShapes() {
  const shapes = new Map();
  const { types, comments } = await loadInferredTypes();
  const named = types.filter((type) => !type.given);
  for (const { typeName, doc, schema } of named) {
    const nameOf = (each) => (each === schema ? undefined : named.find((type) => type.schema === each)?.typeName);
    addDeclarations(
      shapes,
      `/** ${doc} */\nexport type ${typeName} = ${typeText(schema, { nameOf, commentsOf: (each) => comments.get(each) })};`,
    );
  }
  for (const room of rooms) {
    const folder = join(root, "src", room);
    for (const name of readdirSync(folder).filter((each) => each.endsWith(".ts"))) {
      addDeclarations(shapes, readFileSync(join(folder, name), "utf8"));
    }
  }
  return shapes;
}

function addDeclarations(shapes, text) {
  const { program } = parseSync("source.ts", text);
  for (const statement of program.body) {
    const declaration = statement.declaration ?? statement;
    const name = declaration.id?.name;
    const members = membersOf(declaration);
    const isAlias =
      declaration.type === "TSTypeAliasDeclaration" && !text.slice(declaration.start, declaration.end).includes("z.");
    if (name === undefined || (members === undefined && !isAlias) || shapes.has(name)) continue;
    const doc = docBefore(text, statement.start);
    if (members === undefined) {
      shapes.set(name, {
        doc,
        alias: listedWords(text, oneLine(text.slice(declaration.typeAnnotation.start, declaration.typeAnnotation.end))),
      });
    } else {
      shapes.set(name, {
        doc,
        fields: members.filter((each) => each.type === "TSPropertySignature").map(fieldIn(text)),
      });
    }
  }
}

/** The words of a list that a type is made of: `(typeof statuses)[number]`. */
function listedWords(text, type) {
  const name = /^\(typeof (\w+)\)\[number\]$/.exec(type)?.[1];
  const list = name && new RegExp(`const ${name}[^=]*= \\[([^\\]]*)\\]`).exec(text)?.[1];
  return list ? [...list.matchAll(/"[^"]*"/g)].join(" | ") : type;
}

function membersOf({ type, body, typeAnnotation }) {
  if (type === "TSInterfaceDeclaration") return body.body;
  return type === "TSTypeAliasDeclaration" && typeAnnotation.type === "TSTypeLiteral"
    ? typeAnnotation.members
    : undefined;
}

function fieldIn(text) {
  return (member) => {
    const { start, end } = member.typeAnnotation.typeAnnotation;
    return {
      name: member.key.name,
      optional: member.optional,
      type: oneLine(text.slice(start, end)).replace(/ \| undefined$/, ""),
      doc: docBefore(text, member.start),
    };
  };
}

function docBefore(text, start) {
  const comment = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(text.slice(0, start));
  return comment ? comment[1].replaceAll(/\n\s*\* ?/g, " ").trim() : "";
}

/** A type on one line, as callers see it in JSON: nothing there is read-only or more. */
function oneLine(text) {
  return text
    .replaceAll(/\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*/g, "")
    .replaceAll(/\breadonly /g, "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/; \}/g, " }")
    .replaceAll(/Readonly<(Record<.*>)>/g, "$1")
    .replace(/^\| /, "")
    .trim();
}
