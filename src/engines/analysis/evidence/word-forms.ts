const irregular: ReadonlyMap<string, string> = new Map(
  (
    "bought:buy made:make built:build written:write wrote:write chosen:choose chose:choose found:find got:get gotten:get " +
    "taken:take took:take cut:cut baked:bake frozen:freeze sent:send sold:sell drawn:draw grown:grow known:know kept:keep " +
    "left:leave paid:pay read:read ran:run said:say seen:see shown:show thought:think told:tell given:give gone:go held:hold " +
    "put:put set:set broken:break driven:drive eaten:eat brought:bring done:do worn:wear lit:light spent:spend won:win " +
    "people:person children:child men:man women:woman knives:knife leaves:leaf loaves:loaf shelves:shelf feet:foot teeth:tooth"
  )
    .split(" ")
    .map((pair) => pair.split(":") as [string, string]),
);
const vowel = /[aeiouy]/;

/**
 * One form for the forms of an English word: plural, -ing, -ed, and the common irregular ones. Words
 * of other scripts and languages come back as they are or shortened alike on both sides of a
 * comparison; the result is for comparing, not for showing.
 */
export function stemOf(word: string): string {
  const known = irregular.get(word);
  if (known !== undefined) return withoutFinalE(known);
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return withoutFinalE(word);
  return withoutFinalE(withoutEnding(withoutPlural(word)));
}

function withoutPlural(word: string): string {
  if (word.endsWith("ies") && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x|zz)es$/.test(word)) return word.slice(0, -2);
  if (word.endsWith("s") && !/(?:ss|us|is)$/.test(word)) return word.slice(0, -1);
  return word;
}

function withoutEnding(word: string): string {
  let stem = word;
  if (word.endsWith("ing") && word.length > 5) stem = word.slice(0, -3);
  else if (word.endsWith("ied") && word.length > 4) return `${word.slice(0, -3)}y`;
  else if (word.endsWith("ed") && !word.endsWith("eed") && word.length > 4) stem = word.slice(0, -2);
  if (stem === word || !vowel.test(stem)) return word;
  const last = stem.at(-1) ?? "";
  const doubled = last === stem.at(-2) && !"lszfeo".includes(last);
  return doubled ? stem.slice(0, -1) : stem;
}

/** bake, baked and baking meet in "bak". */
function withoutFinalE(word: string): string {
  return word.length > 3 && word.endsWith("e") ? word.slice(0, -1) : word;
}
