import { stemOf } from "./word-forms.ts";

/** What kind of step an action is, in the order in which such steps are usual. */
export const actionKinds = [
  "rise",
  "think",
  "inquire",
  "choose",
  "fund",
  "enrol",
  "schedule",
  "list",
  "device",
  "errand",
  "dress",
  "acquire",
  "depart",
  "arrive",
  "open",
  "ready",
  "make",
  "heat",
  "use",
  "wait",
  "check",
  "pay",
  "finish",
  "enjoy",
  "back",
  "tidy",
] as const;

/** What kind of step an action is. */
export type ActionKind = (typeof actionKinds)[number];

// General English, sorted by sense. Two and three words stand for verbs with a particle.
const words: Readonly<Record<Exclude<ActionKind, "device" | "errand">, string>> = {
  rise: "wake wake|up get|up get|out|of|bed",
  think:
    "brainstorm think think|of consider imagine plan decide determine define identify analyze analyse clarify dream outline establish assess figure|out come|up|with pinpoint discuss remember storyboard map|out set|goal have|idea realize prioritize agree",
  inquire:
    "research search find browse study compare google locate explore investigate discover inquire do|research survey look|up look|at look|for look|into find|out look|online go|online go|onto go|to|internet log|online log|onto log|on read learn ask call contact consult interview talk|to talk speak see hear watch|video ask|for download|app evaluate",
  choose: "choose select pick narrow settle pick|out shortlist decide|on",
  fund: "save budget fund invest borrow get|loan get|a|loan get|money withdraw raise earn secure get|finance get|financing get|financed get|funding count|money obtain|funding apply|for|loan",
  enrol:
    "apply register enroll enrol sign|up join subscribe volunteer tryout try|out audition recruit hire qualify get|permission get|license obtain|license get|certified get|degree",
  schedule:
    "book reserve schedule arrange invite make|an|appointment make|appointment make|reservation set|a|date set|date negotiate coordinate order request confirm rent make|a|reservation",
  list: "list make|a|list make|list write|a|list write|list write|down note note|down jot print print|out download save|file",
  dress:
    "dress get|dressed get|ready put|on wear change change|into shower brush brush|teeth wash|up get|key grab|key lace pack pack|up load|car",
  acquire:
    "buy purchase get gather collect obtain grab acquire fetch bring take|out get|out pick|up pickup receive shop import take retrieve source stock|up round|up hire import stock harvest pull|out",
  depart:
    "get|driven get|a|lift get|a|ride leave exit lock get|in get|into get|in|car get|into|car climb|in climb|into hop start|car unlock|car drive drive|to walk|to travel head ride fly hike board go go|to move commute step|out leave|house walk",
  arrive:
    "arrive enter reach park visit approach get|off get|out|of|car get|there step|in walk|in walk|into walk|up find|seat find|parking sit sit|down check|in check|into meet greet navigate wait|in|line stand|in|line stand come",
  open: "open turn|on unlock plug|in plug boot power|on switch|on log|in log|into log start light ignite connect unpack disconnect click launch|app type enter|information enter|address scroll",
  ready:
    "prepare wash clean cut chop peel preheat pre-heat measure fill set|up setup place put put|in lay clear slice soak sharpen stretch warm|up install configure insert position attach sort sort|through stack hook mount remove load initialize initialise scaffold bootstrap dig grease tie fold sand practise train upload update tape",
  make: "make mix stir build create write draw implement develop add assemble combine paint plant pour design construct sew knead roll blend code program compose produce draft sketch form glue generate record extract parse transform convert migrate refactor rewrite integrate wire extend stitch customize modify cover spread sprinkle decorate knit carve edit|together film shape",
  heat: "cook bake boil fry grill heat roast melt simmer brew steam toast flip",
  use: "use play perform practice work exercise try begin run attend listen follow participate shoot swim dance sing solve operate hold press push pull interact mingle have stay talk|with answer train|for ride|the lift catch throw teach",
  wait: "wait let cool dry chill freeze sleep rest stay|until set|aside refrigerate",
  check:
    "check complete test review edit proofread revise verify inspect validate debug optimize optimise adjust improve polish finalize finalise refine double|check double-check fix tune harden audit benchmark continue keep repeat correct track taste analyze|results analyze|the|data analyze|data analyze|the|result analyze|the|response analyze|response analyze|the|answer analyze|the|sample analyze|the|measurement analyse|the|data analyse|data analyse|the|result analyse|the|response analyse|response analyse|the|answer analyse|the|sample analyse|the|measurement watch|for observe",
  pay: "pay sign check|out purchase|ticket buy|ticket proceed add|to|cart swipe tip",
  finish:
    "serve submit send publish deliver deploy release present share celebrate sell turn|in hand|in hand show show|up give announce ship mail post promote advertise demonstrate win accept finish distribute pass|out graduate perform|for give|to move|in become show|to",
  enjoy: "eat drink enjoy relax watch watch|movie have|fun savor read|book taste|the admire",
  back: "get|back go|home drive|home return|home head|home return walk|home go|back drive|back bring|home take|home get|home come|home head|back return|to",
  tidy: "clean|up put|away throw|away throw|out monitor maintain thank turn|off dispose rinse close stop quit document archive store go|to|bed",
};

interface Phrase {
  readonly stems: readonly string[];
  readonly kind: ActionKind;
}

const phrases = new Map<string, Phrase[]>();
for (const [kind, list] of Object.entries(words) as [ActionKind, string][]) {
  for (const text of list.split(" ")) {
    const stems = text.split("|").map(stemOf);
    const first = stems[0] as string;
    phrases.set(first, [...(phrases.get(first) ?? []), { stems, kind }]);
  }
}
for (const list of phrases.values()) list.sort((left, right) => right.stems.length - left.stems.length);

const devices = new Set("computer laptop browser internet website web site online app phone".split(" ").map(stemOf));
const shops = new Set("store shop market supermarket mall dealership bakery pharmacy nursery".split(" ").map(stemOf));

/** Opening a browser comes before what is looked for in it, and the way to a shop before what is bought there. */
export function kindAtPlace(kind: ActionKind, stems: readonly string[]): ActionKind {
  if ((kind === "open" || kind === "depart" || kind === "arrive") && stems.some((stem) => devices.has(stem)))
    return "device";
  if ((kind === "depart" || kind === "arrive") && stems.some((stem) => shops.has(stem))) return "errand";
  return kind;
}

/** The action that the words from `index` on name, the longest phrase first, and how many words it covers. */
export function actionAt(
  stems: readonly string[],
  index: number,
): { readonly kind: ActionKind; readonly length: number } | undefined {
  const found = phrases
    .get(stems[index] ?? "")
    ?.find((phrase) => phrase.stems.every((stem, offset) => stems[index + offset] === stem));
  return found && { kind: found.kind, length: found.stems.length };
}
