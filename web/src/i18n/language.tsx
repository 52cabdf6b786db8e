import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";

export type Language = "en" | "da";

/** Messages of one page in both languages. */
export type Catalogue<T> = Record<Language, T>;

/** catalogue pairs the messages of a page. The Danish ones have the type of the English: none can be missing. */
export function catalogue<T>(en: T, da: T): Catalogue<T> {
  return { en, da };
}

const key = "kreds.language";

function initial(): Language {
  const kept = localStorage.getItem(key);
  if (kept === "en" || kept === "da") return kept;
  return navigator.language.toLowerCase().startsWith("da") ? "da" : "en";
}

const Context = createContext<{
  language: Language;
  setLanguage: (l: Language) => void;
  /** Takes the workspace's language, if the browser speaks none of ours and nobody has chosen. */
  suggest: (l: Language) => void;
} | null>(null);

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, change] = useState(() => {
    const first = initial();
    document.documentElement.lang = first;
    return first;
  });
  const queries = useQueryClient();
  useEffect(() => {
    if (document.documentElement.lang === language) return;
    document.documentElement.lang = language;
    // What the server said was in the language before.
    void queries.invalidateQueries();
  }, [language, queries]);
  const setLanguage = useCallback((l: Language) => {
    localStorage.setItem(key, l);
    change(l);
  }, []);
  const suggest = useCallback((l: Language) => {
    const speaks = navigator.languages.some((x) => /^(en|da)\b/i.test(x));
    if (!speaks && localStorage.getItem(key) === null) change(l);
  }, []);
  const value = useMemo(() => ({ language, setLanguage, suggest }), [language, setLanguage, suggest]);
  return <Context value={value}>{children}</Context>;
}

export function useLanguage() {
  const value = useContext(Context);
  if (!value) throw new Error("LanguageProvider is missing");
  return value;
}

/** useMessages returns the messages of a page in the language of the person. */
export function useMessages<T>(c: Catalogue<T>): T {
  return c[useLanguage().language];
}
