/** The names of a type's own fields, without those that any name would fit. */
type NamedFields<Value> = keyof {
  [Name in keyof Value as string extends Name ? never : number extends Name ? never : Name]: true;
};

/**
 * A type as a caller may hand it in: everything in it may be read-only, so that what one call returns is what
 * another takes, and objects that carry more fields fit as well.
 */
export type Given<Value> = Value extends readonly (infer Item)[]
  ? readonly Given<Item>[]
  : Value extends object
    ? [NamedFields<Value>] extends [never]
      ? Readonly<Value>
      : {
          readonly [Name in keyof Value as string extends Name ? never : number extends Name ? never : Name]: Given<
            Value[Name]
          >;
        }
    : Value;
