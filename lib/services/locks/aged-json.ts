/** JSON of objects that are the same but for their age: the text of the rest is made once for each content. */
export function createAgedJson<T extends { readonly ageMs: number | null }>(contentOf: (value: T) => object) {
  const texts = new WeakMap<object, string>();
  return (value: T, ageMs: number | null = value.ageMs): string => {
    const content = contentOf(value);
    const known = texts.get(content) ?? JSON.stringify({ ...value, ageMs: undefined }).slice(0, -1);
    texts.set(content, known);
    return `${known},"ageMs":${ageMs}}`;
  };
}
