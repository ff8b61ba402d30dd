/** What stands for the values of a text. */
export type Values = Record<string, string | number | Date>;

/**
 * Fills a text's values in. It takes what the catalogues use of ICU's messages: {name}, {at, date}, {n, number} and
 * {n, plural, =0 {none} one {# user} other {# users}}, plurals not within plurals.
 */
export function format(text: string, values: Values | undefined, locale: string): string {
  return text.replace(/\{(\w+)(?:, *(date|number|plural)(?:, *((?:[^{}]|\{[^{}]*\})*))?)?\}/g, (_, name: string, kind?: string, cases?: string) => {
    const value = values?.[name];
    if (value === undefined) throw new Error(`no value for {${name}} in ${JSON.stringify(text)}`);
    if (kind === "plural" && typeof value === "number") return plural(value, cases ?? "", locale);
    if (typeof value === "number") return new Intl.NumberFormat(locale).format(value);
    if (value instanceof Date) return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(value);
    return value;
  });
}

function plural(value: number, cases: string, locale: string): string {
  const texts = new Map([...cases.matchAll(/(=\d+|\w+) *\{([^{}]*)\}/g)].map((match) => [match[1], match[2]]));
  const text = texts.get(`=${value}`) ?? texts.get(new Intl.PluralRules(locale).select(value)) ?? texts.get("other") ?? "";
  return text.replaceAll("#", new Intl.NumberFormat(locale).format(value));
}
