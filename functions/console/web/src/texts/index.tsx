import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { I18nProvider } from "react-aria-components";
import type en from "./en.json";
import { format, type Values } from "./format";

/** A text's name in the catalogues. What speaks of accounts is there again for what else they are called, behind an @. */
export type Key = Exclude<keyof typeof en, `${string}@${string}`>;
type Texts = Record<keyof typeof en, string>;

// A language is a file beside this one, and nothing else.
const files = import.meta.glob<Texts>("./*.json", { import: "default" });

/** The languages that there are, by their BCP 47 tags, English first. */
export const languages = Object.keys(files)
  .map((path) => path.slice(2, -".json".length))
  .sort((a, b) => Number(b === "en") - Number(a === "en") || a.localeCompare(b));

/** What a language is called by those who speak it. */
export const nameOf = (tag: string) => new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;

const remembered = "language";

/** The language chosen here before, or the nearest to what the browser asks for. */
function preferred(): string {
  const wishes = [localStorage.getItem(remembered) ?? "", ...navigator.languages].map((tag) => tag.slice(0, 2).toLowerCase());
  return wishes.find((tag) => languages.includes(tag)) ?? "en";
}

/** The locale that dates and numbers go by: the browser's own region where it speaks the language. */
const localeOf = (tag: string) => navigator.languages.find((wish) => wish.toLowerCase().startsWith(`${tag}-`)) ?? (tag === "en" ? "en-GB" : tag);

interface Language {
  tag: string;
  locale: string;
  choose: (tag: string) => void;
  /** Says a text. */
  t: (key: Key, values?: Values) => string;
  /** Says what a code of the API is called; the code itself where the console does not know it. */
  name: (kind: string, code: string) => string;
  /** A moment, in the viewer's own time zone. */
  moment: (at: string | undefined, style?: "date" | "full") => string;
  number: (value: number) => string;
  /** The same language, as those say it who call accounts something else. */
  worded: (accountsAre: string) => Language;
}

const Context = createContext<Language | undefined>(undefined);

/** The language at this moment, for who is no component: the API's client. */
export const current = { tag: preferred() };

// Asked for at once: nothing is said before it is there.
void files[`./${current.tag}.json`]?.().catch(() => {});

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [loaded, setLoaded] = useState<{ tag: string; texts: Texts }>();
  const [tag, setTag] = useState(current.tag);
  useEffect(() => {
    let wanted = true;
    void files[`./${tag}.json`]?.().then((texts) => {
      if (!wanted) return;
      current.tag = tag;
      document.documentElement.lang = tag;
      setLoaded({ tag, texts });
    });
    return () => {
      wanted = false;
    };
  }, [tag]);
  const language = useMemo(() => loaded && languageOf(loaded.tag, loaded.texts, setTag), [loaded]);
  if (!language) return null;
  return (
    <Context value={language}>
      <I18nProvider locale={language.locale}>{children}</I18nProvider>
    </Context>
  );
}

function languageOf(tag: string, texts: Texts, setTag: (tag: string) => void, accountsAre = ""): Language {
  const locale = localeOf(tag);
  const all: Record<string, string> = texts;
  const worded = (key: string) => all[`${key}@${accountsAre}`];
  return {
    tag,
    locale,
    choose(next) {
      localStorage.setItem(remembered, next);
      setTag(next);
    },
    t: (key, values) => format(worded(key) ?? texts[key], values, locale),
    name: (kind, code) => worded(`${kind}.${code}`) ?? all[`${kind}.${code}`] ?? code,
    moment: (at, style = "full") =>
      at ? new Intl.DateTimeFormat(locale, style === "date" ? { dateStyle: "medium" } : { dateStyle: "medium", timeStyle: "short" }).format(new Date(at)) : "",
    number: (value) => new Intl.NumberFormat(locale).format(value),
    worded: (word) => languageOf(tag, texts, setTag, word),
  };
}

/** Has what is within speak of accounts as an organisation does. */
export function Worded({ accountsAre, children }: { accountsAre: string; children: ReactNode }) {
  const language = useLanguage();
  const worded = useMemo(() => language.worded(accountsAre), [language, accountsAre]);
  return <Context value={worded}>{children}</Context>;
}

/** The language that the person reads. */
export function useLanguage(): Language {
  const language = useContext(Context);
  if (!language) throw new Error("outside the LanguageProvider");
  return language;
}
