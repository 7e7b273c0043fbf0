/** What an operation that can be expected to fail gives back: a value, or the reason it has none. */
export type Result<Value, Failure> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Failure };

/** Wraps a value that was obtained. */
export function ok<Value>(value: Value): Result<Value, never> {
  return { ok: true, value };
}

/** Wraps the reason why there is no value. */
export function failed<Failure>(error: Failure): Result<never, Failure> {
  return { ok: false, error };
}
